import { describe, expect, test } from 'vitest';
import { createRepeats } from './repeats.ts';

const answer = { rejected: 0, message: '' };

function setUp(windowMs = 1000, requestsMax = 100) {
  const clock = { ms: 0 };
  return { clock, repeats: createRepeats({ windowMs, requestsMax, nowMs: () => clock.ms }) };
}

describe('the window of repeats', () => {
  test('remembers for at least half the window and at most the whole of it', () => {
    const { clock, repeats } = setUp();
    repeats.remember('a', answer);
    clock.ms = 499;
    expect(repeats.find('a')).toBe(answer);
    clock.ms = 999;
    expect(repeats.find('a')).toBe(answer);
    clock.ms = 1999;
    expect(repeats.find('a')).toBeUndefined();
  });

  test('never holds more than its count', () => {
    const { repeats } = setUp();
    for (let n = 0; n < 10_000; n += 1) {
      repeats.find(`${n}`);
      repeats.remember(`${n}`, answer);
      expect(repeats.size()).toBeLessThanOrEqual(101);
    }
    expect(repeats.find('9999')).toBe(answer);
    expect(repeats.find('9960')).toBe(answer);
    expect(repeats.find('1')).toBeUndefined();
  });

  test('forgets what was not stored', () => {
    const { repeats } = setUp();
    repeats.remember('a', answer);
    repeats.forget('a');
    expect(repeats.find('a')).toBeUndefined();
  });

  test('of no length remembers nothing', () => {
    const { repeats } = setUp(0);
    repeats.remember('a', answer);
    expect(repeats.size()).toBe(0);
  });
});
