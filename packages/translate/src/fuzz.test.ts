/**
 * Translators are total: whatever a body holds, they return a request that the walk takes or mends, or throw
 * TranslateError, soon and in memory of the body's order.
 *
 * A hundred thousand broken captures of every protocol, from a fixed seed.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { mendTraces, walkLimits, walkTraces } from '@clew/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom, mutate } from '../test/mutations.ts';
import type { ForeignRequest, Protocol } from './protocol.ts';
import { protocols } from './protocols.ts';
import { TranslateError } from './translate-error.ts';

const MUTATIONS = 100_000;
const SEED = 5;
/** An attribute or address that Zipkin spells short may be long in OTLP; nothing grows more than this. */
const GROWTH_MAX = 40;
const GROWTH_FLOOR_BYTES = 64 * 1024;

const fixtures = fileURLToPath(new URL('../fixtures', import.meta.url));
const arrivedMs = Date.UTC(2026, 10, 21, 3, 50);
const request: ForeignRequest = { path: '', query: '', header: () => undefined, arrivedMs };
const rows = protocols.filter(({ name }) => /^(zipkin|jaeger)/.test(name));

function capturesOf(name: string): Uint8Array[] {
  const folder = `${fixtures}/${name}`;
  if (!existsSync(folder)) return [];
  const cases = readdirSync(folder).filter((file) => file.endsWith('.bin'));
  return cases.map((file) => Uint8Array.from(readFileSync(`${folder}/${file}`)));
}

/** Returns whether the bytes were taken; throws when the translator is not total. */
function check({ translate }: Protocol, bytes: Uint8Array): boolean {
  let otlp: Uint8Array;
  try {
    ({ otlp } = translate(bytes, request));
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

describe.each(rows)('$name', (protocol) => {
  it(`takes or refuses ${MUTATIONS} broken captures`, { timeout: 120_000 }, () => {
    const random = createRandom(SEED);
    const captures = capturesOf(protocol.name);
    let taken = 0;
    for (let n = 0; n < MUTATIONS; n += 1) {
      const bytes = mutate(captures[n % captures.length]!, random);
      try {
        if (check(protocol, bytes)) taken += 1;
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
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void check(protocol, bytes)),
      { numRuns: 2000, seed: SEED },
    );
  });

  it('takes or refuses every beginning of a capture', () => {
    for (const capture of capturesOf(protocol.name)) {
      for (let end = 0; end < capture.length; end += 1) check(protocol, capture.slice(0, end));
    }
  });
});
