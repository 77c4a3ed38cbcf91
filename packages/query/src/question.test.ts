import { parse, printQuery } from '@clew/traceql';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAttributeCondition } from './attribute-condition.ts';
import { simpleQuestion, textQuestion } from './question.ts';

const range = { fromNs: 0n, toNs: 1n };

/** A tree without the places at which its nodes stood. */
function unplaced(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(unplaced);
  if (tree === null || typeof tree !== 'object') return tree;
  const entries = Object.entries(tree).filter(([key]) => key !== 'at');
  return Object.fromEntries(entries.map(([key, value]) => [key, unplaced(value)]));
}

describe('a simple search', () => {
  test('is shown as TraceQL', () => {
    const { query } = simpleQuestion(
      {
        service: 'frontend',
        operation: 'GET "x"',
        status: 'error',
        kind: 'server',
        minDurationNs: 1_500_000_000n,
        maxDurationNs: 5_400_000_000_000n,
        attributes: ['span.user=ann', 'retries>=2', 'scope.v!~"1.*"', 'n=5'].map(
          parseAttributeCondition,
        ),
      },
      range,
    );
    expect(printQuery(query)).toBe(
      '{ resource.service.name = "frontend" && name = "GET \\"x\\"" && status = error && ' +
        'kind = server && duration >= 1.5s && duration <= 1h30m && span.user = "ann" && ' +
        '.retries >= 2 && instrumentation.v !~ "1.*" && (.n = "5" || .n = 5) }',
    );
    expect(printQuery(simpleQuestion({}, range).query)).toBe('{ }');
  });

  test('is the very tree its text gives', () => {
    const name = fc.string({ minLength: 1, unit: 'grapheme' });
    const search = fc.record(
      {
        service: fc.string({ unit: 'binary' }),
        operation: fc.string(),
        status: fc.constantFrom('unset' as const, 'ok' as const, 'error' as const),
        minDurationNs: fc.bigInt({ min: 0n, max: 2n ** 62n }),
        attributes: fc.array(
          fc.record({
            scope: fc.constantFrom('any' as const, 'span' as const, 'instrumentation' as const),
            key: name,
            operator: fc.constantFrom('=' as const, '!=' as const),
            oneOf: fc.oneof(
              fc.tuple(fc.record({ type: fc.constant('string' as const), value: fc.string() })),
              fc.tuple(
                fc.record({ type: fc.constant('int' as const), value: fc.bigInt(-999n, 999n) }),
                fc.record({ type: fc.constant('boolean' as const), value: fc.boolean() }),
              ),
            ),
          }),
          { maxLength: 3 },
        ),
      },
      { requiredKeys: [] },
    );
    const property = fc.property(search, (values) => {
      const { query } = simpleQuestion(values, range);
      expect(unplaced(parse(printQuery(query)))).toEqual(unplaced(query));
    });
    fc.assert(property, { seed: 1, numRuns: 150 });
  });
});

describe('a question', () => {
  test('needs a range that is not empty', () => {
    for (const [fromNs, toNs] of [
      [5n, 5n],
      [6n, 5n],
      [-1n, 5n],
      [0n, 2n ** 63n],
    ] as const) {
      expect(() => simpleQuestion({}, { fromNs, toNs })).toThrow('time range');
    }
  });

  test('may be TraceQL text, which is checked', () => {
    expect(printQuery(textQuestion('{.a=1&&name="x"}', range).query)).toBe(
      '{ .a = 1 && name = "x" }',
    );
    expect(() => textQuestion('{ name = 5 }', range)).toThrow();
    expect(() => textQuestion('{ name = ', range)).toThrow();
  });
});
