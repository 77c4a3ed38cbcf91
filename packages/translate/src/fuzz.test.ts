/**
 * Translators are total: whatever a body holds, they return a request that the walk takes or mends, or throw
 * TranslateError, soon and in memory of the body's order.
 *
 * A hundred thousand broken captures of every protocol, from a fixed seed.
 */
import { mendTraces, walkLimits, walkTraces } from '@clew/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capturesOf } from '../test/captures.ts';
import { postSpansOf } from '../test/jaeger-spans.ts';
import { createRandom, mutate } from '../test/mutations.ts';
import { jaegerJson } from './export-jaeger.ts';
import { jaegerSpanTexts } from './export-jaeger-span-json.ts';
import { jaegerJsonToOtlp } from './jaeger-json.ts';
import { jaegerPostSpansToOtlp } from './jaeger-proto.ts';
import { jaegerSpanOfJson } from './jaeger-span-json.ts';
import { jaegerBatchToOtlp } from './jaeger-thrift.ts';
import type { ForeignRequest } from './protocol.ts';
import { protocols } from './protocols.ts';
import { TranslateError } from './translate-error.ts';

const MUTATIONS = 100_000;
const SEED = 5;
/** An attribute or address that Zipkin spells short may be long in OTLP; nothing grows more than this. */
const GROWTH_MAX = 40;
const GROWTH_FLOOR_BYTES = 64 * 1024;

const arrivedMs = Date.UTC(2026, 10, 21, 3, 50);
const request: ForeignRequest = { path: '', query: '', header: () => undefined, arrivedMs };
interface Form {
  readonly name: string;
  readonly captures: readonly Uint8Array[];
  readonly toOtlp: (bytes: Uint8Array) => Uint8Array;
}

/** X-Ray's answers a datagram with what waited for it, and has tests of its own. */
const received = protocols
  .filter(({ name }) => name !== 'xray')
  .map(({ name, translate }) => ({
    name,
    captures: capturesOf(name),
    toOtlp: (bytes: Uint8Array) => translate(bytes, request).otlp,
  }))
  .filter(({ captures }) => captures.length > 0);

/** Forms that no listener takes, made of captures by our own exporters. */
const batches = capturesOf('jaeger-thrift-http').map(jaegerBatchToOtlp);
const read: readonly Form[] = [
  {
    name: "the JSON of Jaeger's user interface",
    captures: batches.map((otlp) => utf8(jaegerJson(otlp))),
    toOtlp: jaegerJsonToOtlp,
  },
  {
    name: "a span in Jaeger's protobuf as JSON",
    captures: batches.flatMap((otlp) => [...jaegerSpanTexts(otlp)].map(({ value }) => utf8(value))),
    toOtlp: (bytes) => jaegerPostSpansToOtlp(postSpansOf([jaegerSpanOfJson(bytes)])),
  },
];

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Returns whether the bytes were taken; throws when the translator is not total. */
function check({ toOtlp }: Form, bytes: Uint8Array): boolean {
  let otlp: Uint8Array;
  try {
    otlp = toOtlp(bytes);
  } catch (error) {
    if (error instanceof TranslateError) return false;
    throw error;
  }
  if (otlp.length > GROWTH_FLOOR_BYTES && otlp.length > bytes.length * GROWTH_MAX) {
    throw new Error(`${bytes.length} bytes became ${otlp.length}`);
  }
  const { verdict } = walkTraces(otlp, walkLimits, arrivedMs);
  if (verdict === 'refuse') throw new Error('the result is no OTLP');
  if (verdict === 'mend') mendTraces(otlp, walkLimits, arrivedMs);
  return true;
}

describe.each([...received, ...read])('$name', (form) => {
  const { captures } = form;

  it(`takes or refuses ${MUTATIONS} broken captures`, { timeout: 120_000 }, () => {
    const random = createRandom(SEED);
    let taken = 0;
    for (let n = 0; n < MUTATIONS; n += 1) {
      const bytes = mutate(captures[n % captures.length]!, random);
      try {
        if (check(form, bytes)) taken += 1;
      } catch (error) {
        const hex = Buffer.from(bytes).toString('hex');
        throw new Error(`broken capture ${n}: ${hex}`, { cause: error });
      }
    }
    // Were all refused, nothing but the first check would be tested; were none, no check would be.
    expect(taken).toBeGreaterThan(MUTATIONS / 100);
    expect(taken).toBeLessThan(MUTATIONS);
  });

  it('takes or refuses any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void check(form, bytes)),
      { numRuns: 2000, seed: SEED },
    );
  });

  it('takes or refuses every beginning of a capture', () => {
    for (const capture of captures) {
      for (let end = 0; end < capture.length; end += 1) check(form, capture.slice(0, end));
    }
  });
});
