/**
 * The stages of a pipeline that are words: `by(…)`, `coalesce()`, `select(a, b)`; and lists of fields, which metrics take too.
 *
 * Never knows: what stands before a stage.
 */
import type { Field, Stage } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { parseField, parseFieldExpression } from './parse-field.ts';

export const aggregates: readonly string[] = ['count', 'min', 'max', 'avg', 'sum'];
export const stageWords: readonly string[] = ['by', 'coalesce', 'select', ...aggregates];

/** by = "by" "(" fieldExpr ")". */
export function parseGroup(cursor: Cursor): Stage {
  const { from } = cursor.take();
  cursor.expectSymbol('(', 'after by');
  const by = parseFieldExpression(cursor);
  cursor.expectSymbol(')', 'after the one expression of by');
  return { kind: 'group', by, at: cursor.since(from) };
}

/** coalesce = "coalesce" "(" ")", not as the first stage. */
export function parseCoalesce(cursor: Cursor, isFirst: boolean): Stage {
  const token = cursor.take();
  if (isFirst) throw cursor.error('coalesce() needs spansets before it: { … } | coalesce()', token);
  cursor.expectSymbol('(', 'after coalesce');
  cursor.expectSymbol(')', 'since coalesce takes nothing');
  return { kind: 'coalesce', at: cursor.since(token.from) };
}

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
