/**
 * What real clients sent, byte for byte, and what becomes of it: `fixtures/<name of a row>/<client>.bin` and beside
 * each the OTLP/JSON that is expected.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { walkLimits, walkTraces } from '@clew/wire';
import { describe, expect, it } from 'vitest';
import type { ForeignRequest } from './protocol.ts';
import { protocols } from './protocols.ts';
import { otlpJson } from './to-otlp-json.ts';

const fixtures = fileURLToPath(new URL('../fixtures', import.meta.url));
/** A few minutes after the captures were made. */
const arrivedMs = Date.UTC(2026, 10, 21, 3, 50);
const request: ForeignRequest = { path: '', query: '', header: () => undefined, arrivedMs };

const rows = protocols.filter(({ name }) => /^(zipkin|jaeger)/.test(name));
const captures = rows.flatMap((protocol) => {
  const folder = `${fixtures}/${protocol.name}`;
  if (!existsSync(folder)) return [];
  const cases = readdirSync(folder).filter((name) => name.endsWith('.bin'));
  return cases.map((name) => ({
    protocol,
    capture: `${protocol.name}/${name}`,
    bytes: readFileSync(`${folder}/${name}`),
    expected: `${folder}/${name.replace(/\.bin$/, '.otlp.json')}`,
  }));
});

describe('a capture', () => {
  it.each(captures)('$capture becomes what is expected', async ({ protocol, bytes, expected }) => {
    const { otlp } = protocol.translate(bytes, request);
    const json = JSON.stringify(JSON.parse(otlpJson(otlp)), null, 1);
    await expect(`${json}\n`).toMatchFileSnapshot(expected);
  });

  it.each(captures)(
    '$capture becomes a request that is admitted as it is',
    ({ protocol, bytes }) => {
      const { otlp } = protocol.translate(bytes, request);
      const { verdict, spans } = walkTraces(otlp, walkLimits, arrivedMs);
      expect(verdict).toBe('clean');
      expect(spans).toBeGreaterThan(0);
    },
  );

  it('is there of every row of Zipkin and Jaeger', () => {
    const captured = new Set(captures.map(({ protocol }) => protocol.name));
    expect(rows.map(({ name }) => name).filter((name) => !captured.has(name))).toEqual([]);
  });
});
