/**
 * `select(a, b)`, and the lists of fields that other stages take. Never knows: what the fields are for.
 */
import type { Field, Stage } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { parseField } from './parse-field.ts';

/** select = "select" "(" field { "," field } ")". */
export function parseSelect(cursor: Cursor): Stage {
  const { from } = cursor.take();
  const fields = parseFields(cursor, 'select');
  return { kind: 'select', fields, at: cursor.since(from) };
}

/** "(" field { "," field } ")", at least one. */
export function parseFields(cursor: Cursor, owner: string): readonly Field[] {
  cursor.expectSymbol('(', `after ${owner}`);
  const fields = [parseField(cursor)];
  while (cursor.takeSymbol(',')) fields.push(parseField(cursor));
  cursor.expectSymbol(')', 'or "," after a field');
  return fields;
}
