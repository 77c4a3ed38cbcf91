/** No value from outside changes the text of a statement: it travels as a parameter, whatever it is. */
import { type Attribute, type Binary, markChecked, type SearchExpression } from '@clew/traceql';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lower } from '../lower.ts';
import { type AttributeValue, type SimpleSearch, simpleQuestion } from '../question.ts';
import { attributesStatement, operationsStatement, traceByLowHalfStatement } from './catalogue.ts';
import { dependenciesStatement, spanCountStatement } from './dependencies.ts';
import { peersStatement } from './peers.ts';
import { compile } from './print.ts';
import { redStatement } from './red.ts';
import { seriesStatement } from './series.ts';
import { detailsStatement, spansetStatement } from './spanset.ts';
import {
  originsStatement,
  spanStatement,
  summariesStatement,
  traceColumnsStatement,
  traceSecondsStatement,
  traceStatement,
} from './trace.ts';
import { manyOriginsStatement, manyTracesStatement } from './traces.ts';

const range = { fromNs: 1n, toNs: 10n ** 18n };

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom("'", '\\', '{p1:String}', "') or 1 = 1 --", '\n\t\0', '`', '$source$'),
);
const value = (type: AttributeValue['type']): fc.Arbitrary<AttributeValue> =>
  fc.record({
    type: fc.constant(type),
    value: {
      string: text,
      int: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      float: fc.double(),
      boolean: fc.boolean(),
    }[type] as fc.Arbitrary<never>,
  }) as fc.Arbitrary<AttributeValue>;

/** Searches of one shape: all values vary, which conditions there are does not. */
const search: fc.Arbitrary<SimpleSearch> = fc.record({
  service: text,
  operation: text,
  status: fc.constantFrom('unset', 'ok', 'error'),
  kind: fc.constantFrom('server', 'client'),
  minDurationNs: fc.bigInt({ min: 0n, max: 2n ** 62n }),
  attributes: fc.tuple(
    ...(['string', 'int', 'float', 'boolean'] as const).flatMap((type) =>
      (['any', 'span', 'event'] as const).map((scope) =>
        fc.record({
          scope: fc.constant(scope),
          key: text.filter((key) => key !== 'service.name'),
          operator: fc.constant('=' as const),
          oneOf: fc.tuple(value(type)),
        }),
      ),
    ),
    fc.record({
      scope: fc.constant('link' as const),
      key: text,
      operator: fc.constant('!~' as const),
      oneOf: fc.tuple(value('string')),
    }),
  ),
});

const hex = fc.stringMatching(/^[0-9a-f]{32}$/);

describe('the text of a statement', () => {
  test('does not depend on the values of a search', () => {
    const texts = new Set<string>();
    const property = fc.property(search, text, hex, (values, tenant, traceId) => {
      const { query } = simpleQuestion(values, range);
      const after = { startNs: 5n, traceId, spanId: traceId.slice(16) };
      const step = { tenant, range, limit: 20, after };
      texts.add(compile(lower(query, { by: 'trace', ...step })).text);
      texts.add(compile(lower(query, { by: 'span', ...step })).text);
    });
    fc.assert(property, { seed: 1, numRuns: 150 });
    expect(texts.size).toBe(2);
  });

  test('does not depend on ids, tenants, names or prefixes', () => {
    const texts = new Set<string>();
    const property = fc.property(text, hex, fc.array(hex), (tenant, traceId, traceIds) => {
      const read = { tenant, traceId, limit: 10 };
      texts.add(traceStatement(read).text);
      texts.add(traceColumnsStatement(read).text);
      texts.add(originsStatement(tenant, traceId, 7n).text);
      texts.add(spanStatement({ ...read, spanId: 7n }).text);
      texts.add(summariesStatement({ tenant, traceIds, seconds: null, where: null, range }).text);
      texts.add(traceSecondsStatement(tenant, traceIds).text);
      texts.add(operationsStatement(tenant, tenant, 10).text);
      texts.add(traceByLowHalfStatement(tenant, traceId).text);
      texts.add(attributesStatement({ tenant, scope: null, prefix: `p${tenant}`, limit: 1 }).text);
      texts.add(peersStatement({ tenant, service: tenant, range, limit: 1 }).text);
      texts.add(spanCountStatement(tenant, range).text);
      texts.add(manyTracesStatement({ tenant, traceIds, limit: 10 }).text);
      texts.add(manyOriginsStatement(tenant, traceIds).text);
      const pairs = { tenant, range, parents: range, sampling: 2, limit: 1 };
      texts.add(dependenciesStatement(pairs).text);
      const red = { services: [tenant, ...traceIds], kinds: ['server'], range } as const;
      texts.add(redStatement(tenant, { ...red, stepMinutes: 1, byOperation: true }).text);
    });
    fc.assert(property, { seed: 1, numRuns: 150 });
    expect(texts.size).toBe(15);
  });

  test('does not depend on the names and values of searches over whole traces, nor of series', () => {
    const texts = new Set<string>();
    const property = fc.property(
      text,
      text,
      text,
      fc.array(hex),
      (tenant, name, word, traceIds) => {
        const field: Attribute = { kind: 'attribute', scope: 'span', name, ofParent: false };
        const holds = (operator: '=' | '!=' | '=~'): Binary => ({
          kind: 'binary',
          operator,
          left: field,
          right: { kind: 'static', type: 'string', value: word },
        });
        const sum: Binary = { kind: 'binary', operator: '+', left: field, right: field };
        const body: SearchExpression = {
          kind: 'pipeline',
          stages: [
            {
              kind: 'spanset-binary',
              operator: '>>',
              left: { kind: 'filter', where: holds('=') },
              right: { kind: 'filter', where: holds('!=') },
            },
          ],
        };
        const query = markChecked({ kind: 'query', body, secondStages: [], hints: [] });
        const step = { by: 'trace', tenant, range, limit: 20, after: null } as const;
        texts.add(compile(lower(query, step)).text);
        const conditions = [holds('='), holds('=~')];
        const read = { tenant, traceIds, range, limit: 10, values: [field, sum] };
        texts.add(spansetStatement({ ...read, conditions, only: conditions }).text);
        texts.add(detailsStatement({ tenant, traceIds, spanIds: traceIds, values: [field] }).text);
        const of = { field, as: 'sum' } as const;
        const series = {
          tenant,
          range,
          stepNs: 1000n,
          where: holds('='),
          by: [{ field, types: null }],
          of,
          limit: 1,
        };
        texts.add(seriesStatement(series).text);
      },
    );
    fc.assert(property, { seed: 1, numRuns: 100 });
    expect(texts.size).toBe(4);
  });
});
