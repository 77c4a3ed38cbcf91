import { readFileSync } from 'node:fs';
import { fields } from '@clew/wire';
import { describe, expect, test } from 'vitest';
import { tables } from './columns.ts';
import { type SqlFolder, sqlNamesOnDisk, sqlOrder, sqlText } from './sql-files.ts';

const folders: SqlFolder[] = [
  'tables',
  'views',
  'user-views',
  'load',
  'recover',
  'sampling',
  'migrations',
];

describe('the registry of statements', () => {
  test.each(folders)(
    'every file of sql/%s is in its _order, and every name has a file',
    (folder) => {
      expect(sqlOrder(folder).toSorted()).toEqual(sqlNamesOnDisk(folder).toSorted());
    },
  );

  test.each(folders)('every statement of sql/%s has a header that says what it is', (folder) => {
    for (const name of sqlOrder(folder)) {
      const text = readFileSync(new URL(`../sql/${folder}/${name}.sql`, import.meta.url), 'utf8');
      expect(text, name).toMatch(/^-- /);
      expect(sqlText(folder, name)).not.toMatch(/^\s*--/m);
      expect(text, `${name} selects everything`).not.toMatch(/select\s+\*/i);
    }
  });
});

describe('the registry of columns', () => {
  test('names the tables of sql/tables', () => {
    expect(Object.keys(tables)).toEqual(sqlOrder('tables'));
  });

  test.each(Object.entries(tables))(
    'has the columns of %s as they are written',
    (table, columns) => {
      const text = plain(sqlText('tables', table));
      const names = Object.entries(columns).map(([name, type]) => plain(`${name} ${type}`));
      let at = 0;
      for (const column of names) {
        const found = text.indexOf(column, at);
        expect(found, column).toBeGreaterThan(-1);
        at = found + column.length;
      }
    },
  );
});

/** Blanks carry no meaning between the tokens of a column. */
function plain(text: string): string {
  return text.replace(/\s+/g, '');
}

test('the protobuf schema gives every field the number that wire gives it', () => {
  const proto = readFileSync(new URL('../proto/otlp-traces.proto', import.meta.url), 'utf8');
  const found: Record<string, Record<string, number>> = {};
  for (const [, message = '', body = ''] of proto.matchAll(/message (\w+) \{([\s\S]*?)\n\}/g)) {
    found[message] = Object.fromEntries(
      [...body.matchAll(/(\w+) = (\d+);/g)].map(([, name = '', number]) => [name, Number(number)]),
    );
  }
  const { InstrumentationScope, AnyValue, ArrayValue, KeyValueList, ...same } = fields;
  // Declared as bytes here: see the header of the schema.
  expect([ArrayValue, KeyValueList]).toEqual([{ values: 1 }, { values: 1 }]);
  expect(found).toEqual({
    ...same,
    Scope: InstrumentationScope,
    AnyValue: Object.fromEntries(
      Object.entries(AnyValue).map(([name, number]) => [anyValueNames[name], number]),
    ),
  });
});

/** The engine's reader names a member like its tuple element. */
const anyValueNames: Record<string, string> = {
  string_value: 's',
  bool_value: 'b',
  int_value: 'i',
  double_value: 'd',
  array_value: 'a',
  kvlist_value: 'k',
  bytes_value: 'y',
};

test('load/spans.sql has one slot, the source', () => {
  expect(sqlText('load', 'spans').match(/\$\w+\$/g)).toEqual(['$source$']);
});
