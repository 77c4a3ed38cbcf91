/**
 * Whatever stands in the names and strings of a query, its SQL is the same text: queries of every kind, each with two sets
 * of names and strings, one of them made to break out.
 */
import {
  type CheckedQuery,
  check,
  parse,
  type SearchExpression,
  TraceqlError,
} from '@clew/traceql';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { queryText } from '../../test/slow-queries.ts';
import { QuestionError } from '../errors.ts';
import { isOfSpan } from '../fields.ts';
import { lower } from '../lower.ts';
import { prepare } from '../prepare.ts';
import type { Run } from '../run.ts';
import { createEvaluation } from '../spanset/evaluate.ts';
import { filtersIn } from '../why-empty/filters.ts';
import { conditionCountsStatement } from './condition-counts.ts';
import { compile } from './print.ts';

const range = { fromNs: 1n, toNs: 10n ** 18n };

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    "'",
    "''",
    '"',
    '`',
    '\\',
    "\\'",
    '\0',
    '\n',
    '{p1:String}',
    `$${'{1}'}`,
    '{{',
    "'; drop table spans; --",
    "') or 1 = 1 --",
    '/* ',
    ' */',
    '🧨',
    '\u2028',
    '$$',
    '%s',
    '?',
    ':p1',
    '@p1',
  ),
);

/**
 * The query with other names of attributes and other strings. Names that were equal stay equal, and no others become so:
 * a condition that stands twice is asked once.
 */
function rewritten(node: unknown, write: (text: string) => string): unknown {
  if (Array.isArray(node)) return node.map((one) => rewritten(one, write));
  if (typeof node !== 'object' || node === null) return node;
  if ('kind' in node && node.kind === 'attribute' && 'name' in node) {
    return node.name === 'service.name' ? node : { ...node, name: write(String(node.name)) };
  }
  if ('kind' in node && node.kind === 'static' && 'type' in node && node.type === 'string') {
    const { value } = node as { value?: unknown };
    return { ...node, value: write(String(value)) };
  }
  return Object.fromEntries(
    Object.entries(node).map(([name, part]) => [name, rewritten(part, write)]),
  );
}

function texts(query: CheckedQuery, tenant: string): readonly string[] {
  const body = query.body as SearchExpression;
  const step = { tenant, range, limit: 5, after: null };
  const run = {} as Run;
  const evaluation = createEvaluation({ search: body, tenant, range, run, spansMax: 10 });
  const counted = filtersIn(body).map(({ conditions }) => conditions.filter(isOfSpan));
  return [
    compile(lower(query, { ...step, by: 'trace' })).text,
    compile(lower(query, { ...step, by: 'span' })).text,
    evaluation.statement([tenant]).text,
    conditionCountsStatement({ tenant, range, counted }).text,
  ];
}

test('no name and no string of a query changes the text of its statements', () => {
  let compared = 0;
  const property = fc.property(queryText, hostile, fc.boolean(), (text, word, hasArrays) => {
    const query = checked(text);
    if (query === null) return;
    const arrays = { has: () => hasArrays };
    const write = (with_: string) => {
      const known = new Map<string, string>();
      return (was: string) => {
        const now = known.get(was) ?? `${with_}${known.size}`;
        known.set(was, now);
        return now;
      };
    };
    const plain = rewritten(query, write('plain')) as CheckedQuery;
    const wild = rewritten(query, write(word)) as CheckedQuery;
    try {
      const wanted = texts(prepare(plain, arrays), 'tenant');
      expect(texts(prepare(wild, arrays), word)).toEqual(wanted);
      compared += 1;
    } catch (error) {
      if (!(error instanceof QuestionError)) throw error;
    }
  });
  fc.assert(property, { seed: 3, numRuns: 400 });
  expect(compared).toBeGreaterThan(200);
});

function checked(text: string): CheckedQuery | null {
  try {
    return check(parse(text), text);
  } catch (error) {
    if (error instanceof TraceqlError) return null;
    throw error;
  }
}
