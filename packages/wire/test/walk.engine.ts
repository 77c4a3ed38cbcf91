/**
 * The promise behind 'clean', held against the engine itself: whatever the walk passes or mending
 * makes, of damaged and of wild requests, loads in one go and reads as the decoder reads it.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { type Engine, openEngine } from '@clew/store';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { decodeTraces } from '../src/decode.ts';
import { encodeTraces } from '../src/encode.ts';
import { frame } from '../src/frame.ts';
import { bytesToHex } from '../src/ids.ts';
import { walkLimits } from '../src/limits.ts';
import { mendTraces } from '../src/mend.ts';
import type { KeyValue, Span } from '../src/traces-data.ts';
import { walkTraces } from '../src/walk.ts';
import { NOW_MS, wildTraces } from './arbitrary.ts';
import { damagedBodies } from './damage.ts';

let engine: Engine;
let dir: string;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'clew-wire-'));
  engine = await openEngine({ place: { kind: 'embedded', dataDir: dir }, log: () => {} });
});

afterAll(async () => {
  await engine.close();
  rmSync(dir, { recursive: true, force: true });
});

it('loads everything that is clean or mended, and reads it as the decoder does', async () => {
  const wild = fc.sample(wildTraces, { seed: 5, numRuns: 150 }).map((made) => encodeTraces(made));
  const bodies = [...wild, ...damagedBodies(21, 4000)].flatMap(admitted);
  const path = join(dir, 'one.segment');
  writeFileSync(path, Buffer.concat(bodies.map(framed)));
  const expected = bodies.flatMap(spansOf).map(expectedRow);

  const loaded = await engine.load({ id: 1n, path, token: 'wire-1' });
  expect(loaded.rows).toBe(expected.length);
  expect(expected.length).toBeGreaterThan(500);

  const answer = await engine.rows<{ row: string }>(rowsStatement, {
    secondsMax: 60,
    rowsMax: 1_000_000,
  });
  expect(answer.rows.map(({ row }) => row).sort()).toEqual(expected.sort());
});

/** The body as it may be appended, or nothing when it is refused. */
function admitted(body: Uint8Array): Uint8Array[] {
  const { verdict } = walkTraces(body, walkLimits, NOW_MS);
  if (verdict === 'refuse') return [];
  return [verdict === 'clean' ? body : mendTraces(body, walkLimits, NOW_MS).bytes];
}

function framed(body: Uint8Array): Buffer {
  const facts = { tenant: 'wire', arrivedMs: NOW_MS, listener: 'test' };
  const { head, trailer } = frame(body, facts, crc32);
  return Buffer.concat([head, body, trailer]);
}

function spansOf(body: Uint8Array): Span[] {
  const groups = decodeTraces(body).resourceSpans.flatMap(({ scopeSpans }) => scopeSpans);
  return groups.flatMap(({ spans }) => spans);
}

/** What is compared: one string per span, because a table has no order. */
const rowsStatement = {
  text: `select concatWithSeparator('|',
      lower(hex(trace_id)), lower(leftPad(hex(span_id), 16, '0')), hex(trace_state), hex(name),
      hex(status_message), toString(toInt8(kind)), toString(toInt8(status)), toString(flags),
      toString(toUnixTimestamp64Nano(ts)), toString(duration_ns), toString(marks),
      toString(dropped_attributes), toString(dropped_events), toString(dropped_links),
      toString(length(events)), toString(length(links)),
      arrayStringConcat(arraySort(arrayMap((k, v) -> concat(hex(k), '=', hex(v)), mapKeys(attr_str), mapValues(attr_str))), ','),
      arrayStringConcat(arraySort(arrayMap((k, v) -> concat(hex(k), '=', toString(v)), mapKeys(attr_int), mapValues(attr_int))), ','),
      arrayStringConcat(arraySort(arrayMap((k, v) -> concat(hex(k), '=', toString(v)), mapKeys(attr_bool), mapValues(attr_bool))), ',')
    ) as row from spans where tenant = 'wire'`,
  params: {},
};

function expectedRow(span: Span): string {
  return [
    bytesToHex(span.traceId),
    bytesToHex(span.spanId),
    hex(span.traceState),
    hex(span.name),
    hex(span.status.message),
    span.kind,
    span.status.code,
    span.flags,
    span.startTimeUnixNano,
    span.endTimeUnixNano - span.startTimeUnixNano,
    span.marks,
    span.droppedAttributesCount,
    span.droppedEventsCount,
    span.droppedLinksCount,
    span.events.length,
    span.links.length,
    pairsOf(span, ({ value }) => (value.type === 'string' ? hex(value.value) : undefined)),
    pairsOf(span, ({ value }) => (value.type === 'int' ? String(value.value) : undefined)),
    pairsOf(span, ({ value }) => (value.type === 'bool' ? String(value.value) : undefined)),
  ].join('|');
}

/** The attributes that `read` has a text for. */
function pairsOf(span: Span, read: (pair: KeyValue) => string | undefined): string {
  return span.attributes
    .map((pair) => [hex(pair.key), read(pair)] as const)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',');
}

function hex(text: string): string {
  return Buffer.from(text, 'utf8').toString('hex').toUpperCase();
}
