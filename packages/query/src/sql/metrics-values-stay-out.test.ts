/** No name, value or pattern becomes text of a statement about metrics or about names and values of attributes. */

import type { Statement } from '@clew/store';
import { check, parse } from '@clew/traceql';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { conditionsIn } from '../attributes/conditions.ts';
import { fieldNamed } from '../attributes/field.ts';
import { cataloguedNamesStatement, spanNamesStatement } from './attribute-names.ts';
import { cataloguedValuesStatement, spanValuesStatement } from './attribute-values.ts';
import { comparedValuesStatement, selectedStatement } from './compare.ts';
import { edgeCountsStatement } from './edge-counts.ts';
import { examplesStatement } from './examples.ts';
import { anyOfStatement, cataloguedTypesStatement } from './presence.ts';
import { rollupStatement } from './rollup.ts';
import { seriesStatement } from './series.ts';
import { spanCountsStatement } from './span-counts.ts';

const range = { fromNs: 0n, toNs: 120_000_000_000n };

function statementsWith(text: string): readonly Statement[] {
  const tenant = text;
  const quoted = JSON.stringify(text);
  const source = `{ name = ${quoted} && resource.service.name != ${quoted} }`;
  const { body } = check(parse(source), source);
  const [filter] = body.kind === 'pipeline' ? body.stages : [];
  const where = filter?.kind === 'filter' ? filter.where : null;
  const field = { kind: 'attribute', scope: 'span', name: text, ofParent: false } as const;
  const by = [{ field, types: null }];
  const of = { field, as: 'powers' } as const;
  const read = { tenant, range, stepNs: 60_000_000_000n, where, by, of, limit: 5 };
  const side = { tenant, range, where, selection: where, window: range, sampling: 4 };
  const test = { operator: '=~', value: text } as const;
  const slots = { tenant, range, slotMinutes: 1, durations: true, limit: 5 };
  return [
    seriesStatement(read),
    rollupStatement({ ...read, by: [], of: null }),
    examplesStatement(read, [60], 5),
    selectedStatement(side),
    comparedValuesStatement({ ...side, stepNs: null, isSelection: true, top: 3, limit: 5 }),
    cataloguedNamesStatement({ tenant, range, service: text, limit: 5 }),
    spanNamesStatement({ tenant, range, where: where!, spansMax: 5 }),
    cataloguedValuesStatement({
      tenant,
      range,
      service: text,
      attributes: [{ scope: 'span', key: text }],
    }),
    spanValuesStatement({ tenant, range, where, fields: [field], roots: true, limit: 5 }),
    cataloguedTypesStatement({ tenant, range }, [text]),
    anyOfStatement({ tenant, range }, [{ scope: 'span', name: text, type: 'str' }]),
    spanCountsStatement({ ...slots, by: ['name'], service: [test], name: [test] }),
    edgeCountsStatement({
      ...slots,
      by: ['client'],
      client: [test],
      server: [test],
      callers: range,
      sampling: 2,
    }),
  ];
}

test('statements have the same text whatever is asked', () => {
  const wanted = statementsWith('plain').map(({ text }) => text);
  const nasty = fc.oneof(
    fc.string({ minLength: 1, unit: 'binary' }),
    fc.constantFrom("'", "'; drop table spans --", '\\', '\0', '{p1:String}', `\${x}`, '😀', '`"'),
  );
  fc.assert(
    fc.property(nasty, (text) => {
      expect(statementsWith(text).map((statement) => statement.text)).toEqual(wanted);
    }),
  );
});

test('a field is never more than a field', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        const field = fieldNamed(text);
        expect(['attribute', 'intrinsic']).toContain(field.kind);
      } catch (error) {
        expect(error).toMatchObject({ code: 'bad-field' });
      }
    }),
  );
});

test('a question that is being typed is never an error', () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '&&',
    '||',
    '.a',
    '=',
    '"x"',
    '"',
    '`',
    '(',
    ')',
    '| rate()',
    ' ',
    '>>',
    '1',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), fc.string(), (all, tail) => {
      conditionsIn(`${all.join('')}${tail}`);
    }),
    { numRuns: 500, seed: 1 },
  );
});
