/** What is printed parses back to the same tree, and prints the same again. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FieldExpression, Query, SpansetExpression, Static } from './ast.ts';
import { parse } from './parser.ts';
import { printField, printQuery } from './print.ts';

/** A tree without the places at which its nodes stood. */
function unplaced(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(unplaced);
  if (tree === null || typeof tree !== 'object') return tree;
  const entries = Object.entries(tree).filter(([key]) => key !== 'at');
  return Object.fromEntries(entries.map(([key, value]) => [key, unplaced(value)]));
}

function searchOf(stage: SpansetExpression): Query {
  return {
    kind: 'query',
    body: { kind: 'pipeline', stages: [stage] },
    secondStages: [],
    hints: [],
  };
}

const constant: fc.Arbitrary<Static> = fc
  .oneof(
    fc.record({ type: fc.constant('string' as const), value: fc.string({ unit: 'binary' }) }),
    fc.record({ type: fc.constant('int' as const), value: fc.bigInt(0n, 2n ** 63n - 1n) }),
    fc.record({ type: fc.constant('duration' as const), value: fc.bigInt(0n, 2n ** 62n) }),
    fc.record({
      type: fc.constant('float' as const),
      value: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
    }),
    fc.record({
      type: fc.constant('status' as const),
      value: fc.constantFrom('ok' as const, 'error' as const),
    }),
  )
  .map((value): Static => ({ kind: 'static', ...value }));

const field: fc.Arbitrary<FieldExpression> = fc.oneof(
  fc.record({
    kind: fc.constant('attribute' as const),
    scope: fc.constantFrom('any' as const, 'span' as const, 'resource' as const, 'event' as const),
    name: fc.oneof(fc.constantFrom('a', 'http.route', 'a+b', 'é'), fc.string({ minLength: 1 })),
    ofParent: fc.constant(false),
  }),
  fc.record({
    kind: fc.constant('intrinsic' as const),
    name: fc.constantFrom('name' as const, 'span:id' as const, 'duration' as const),
  }),
);

/** Trees without constants side by side: the parser would fold those. */
const expression = fc.letrec<{ tree: FieldExpression }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    field,
    fc.record({
      kind: fc.constant('binary' as const),
      operator: fc.constantFrom(
        ...(['&&', '||', '=', '!=', '<', '>=', '+', '-', '*', '/', '%', '^'] as const),
      ),
      left: tie('tree'),
      right: tie('tree'),
    }),
    fc.record({
      kind: fc.constant('binary' as const),
      operator: fc.constantFrom('=' as const, '>' as const, '+' as const),
      left: field,
      right: constant,
    }),
    fc.record({
      kind: fc.constant('unary' as const),
      operator: fc.constantFrom('-' as const, '!' as const),
      of: tie('tree'),
    }),
  ) as fc.Arbitrary<FieldExpression>,
})).tree;

const spanset = fc.letrec<{ tree: SpansetExpression }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    fc.record({ kind: fc.constant('filter' as const), where: fc.option(field) }),
    fc.record({
      kind: fc.constant('spanset-binary' as const),
      operator: fc.constantFrom(...(['&&', '||', '>', '>>', '<', '~', '!>>', '&~'] as const)),
      left: tie('tree'),
      right: tie('tree'),
    }),
  ) as fc.Arbitrary<SpansetExpression>,
})).tree;

describe('printed text', () => {
  test('of conditions parses back to the same tree', () => {
    fc.assert(
      fc.property(expression, (where) => {
        const query = searchOf({ kind: 'filter', where });
        expect(unplaced(parse(printQuery(query)))).toEqual(query);
      }),
      { seed: 1, numRuns: 150 },
    );
  });

  test('of spansets parses back to the same tree', () => {
    fc.assert(
      fc.property(spanset, (stage) => {
        const query = searchOf(stage);
        expect(unplaced(parse(printQuery(query)))).toEqual(query);
      }),
      { seed: 1, numRuns: 150 },
    );
  });

  test.each([
    '{ .a && .b || .c }',
    '{ .a && (.b || .c) }',
    '{ -.a * 2 > .b - 1 - .c }',
    '{ (-.a) * 2 > .b - (1 - .c) }',
    '{ .a ^ .b ^ .c = (.a ^ .b) ^ .c }',
    '{ !(.a = .b) && !.c }',
    '{ ."5" = 5 && span.5 = 5 }',
    '{ ."odd name" = "q\\"\\\\\\n" && span.a+b = minInt }',
    '{ .a } >> { .b } && { .c }',
    '{ .a } >> ({ .b } && { .c })',
    '({ .a } | count() > 1) >> ({ .b } | by(.x))',
    '{ .a } | by(.b) | coalesce() | avg(duration) > 1m30s | select(.c, name)',
    '{ .a } | rate() by(.b, name) | topk(5) > 0.5',
    '({ .a } | rate()) / ({ .b } | rate()) * 100 with(exemplars=true, sample=0.1)',
    '{ .a } | quantile_over_time(duration, 0.5, 0.99) by(.x)',
    '{ .a } | compare({ status = error }, 10, 1000, 2000)',
  ])('%s is canonical', (text) => {
    expect(printQuery(parse(text))).toBe(text);
  });

  test('of a tree made by hand needs no places', () => {
    expect(
      printField({ kind: 'unary', operator: '!', of: { kind: 'intrinsic', name: 'name' } }),
    ).toBe('!name');
  });
});
