/**
 * FizzBuzz as a service: spans made from outside and by hand are one trace, and it shows why it seems slow.
 */
import { describe, expect, it } from 'vitest';
import { playsExample, tree, treeOf } from './examples-rig.ts';
import type { ReadSpan } from './read-back.ts';

const example = playsExample('fizzbuzz');
const SPANS_A_NUMBER = 9;
const SPANS = 1 + 15 * SPANS_A_NUMBER;
const ONE_BY_ONE = 'fifteen numbers, one by one';
const AT_ONCE = 'fifteen numbers at once';

const number = `
  counter GET client
    hub GET /numbers/:number server
      hub request handler internal
        hub GET client
          fizzer GET /numbers/:number server
            fizzer think internal
        hub GET client
          buzzer GET /numbers/:number server
            buzzer request handler internal`;

/** The calls that one span made, by their start. */
function callsOf(spans: readonly ReadSpan[], parent: ReadSpan): ReadSpan[] {
  return spans.filter(({ kind, parentSpanId }) => kind === 3 && parentSpanId === parent.spanId);
}

describe('fizzbuzz', () => {
  it('counts', () => {
    expect(example.told).toContain('1 2 Fizz 4 Buzz Fizz 7 8 Fizz Buzz 11 Fizz 13 14 FizzBuzz');
  });

  it('is one trace with the same tree for each number', async () => {
    const spans = await example.spans(ONE_BY_ONE, SPANS);
    expect(treeOf(spans)).toBe(
      tree(`\ncounter count one by one internal${Array(15).fill(number).join('')}`),
    );
  });

  it('is slow because each call waits for the one before it', async () => {
    const spans = await example.spans(ONE_BY_ONE, SPANS);
    const root = spans.find(({ parentSpanId }) => parentSpanId === '') as ReadSpan;
    const handlers = spans.filter(
      ({ name, resource }) => name === 'request handler' && resource['service.name'] === 'hub',
    );
    for (const calls of [root, ...handlers].map((span) => callsOf(spans, span))) {
      const waits = calls
        .slice(1)
        .map(({ startNs }, index) => startNs >= (calls[index]?.endNs ?? 0n));
      expect(waits).toEqual(waits.map(() => true));
    }
    expect(handlers).toHaveLength(15);
  });

  it('at once, every call has started before the first has ended', async () => {
    const spans = await example.spans(AT_ONCE, SPANS);
    const calls = callsOf(spans, spans.find(({ parentSpanId }) => parentSpanId === '') as ReadSpan);
    const ends = calls.map(({ endNs }) => endNs).sort((a, b) => Number(a - b));
    expect(calls).toHaveLength(15);
    expect(calls.every(({ startNs }) => startNs < (ends[0] ?? 0n))).toBe(true);
  });

  it('describes requests alike, by hand or from outside', async () => {
    const spans = await example.spans(ONE_BY_ONE, SPANS);
    const servers = spans.filter(({ kind }) => kind === 2);
    const route = { 'http.route': '/numbers/:number', 'http.request.method': 'GET' };
    for (const { attributes } of servers) {
      expect(attributes).toMatchObject({ ...route, 'http.response.status_code': 200 });
    }
    const scopes = new Set(
      servers.map(({ scope, resource }) => `${resource['service.name']} ${scope.name}`),
    );
    expect([...scopes].sort()).toEqual([
      'buzzer @opentelemetry/instrumentation-http',
      'fizzer @clew/sdk',
      'hub @opentelemetry/instrumentation-http',
    ]);
  });
});
