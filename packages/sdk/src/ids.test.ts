import { describe, expect, it } from 'vitest';
import { kept } from '../test/kept.ts';
import { randomIds, reseedAfterFork } from './ids.ts';

describe('ids', () => {
  it('F3 of a generator that says so carry the random flag', () => {
    const make = (isRandom?: boolean) => {
      const ids = { ...randomIds, generateTraceId: () => 'a'.repeat(32) };
      const idGenerator =
        isRandom === undefined ? { ...ids, isRandom: false } : { ...ids, isRandom };
      return kept({ idGenerator }).tracer.startSpan('x').spanContext().traceFlags;
    };
    expect([make(true), make()]).toEqual([3, 1]);
  });

  it('F4 come from fresh randomness in a copied process', () => {
    const { pid } = process;
    Object.defineProperty(process, 'pid', { value: pid + 1, configurable: true });
    reseedAfterFork();
    const id = randomIds.generateSpanId();
    Object.defineProperty(process, 'pid', { value: pid, configurable: true });
    reseedAfterFork();
    expect(id).not.toBe(randomIds.generateSpanId());
  });
});
