/**
 * `with(most_recent=true, …)` behind a query. Never knows: what a hint asks for.
 */
import type { Hint } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { parseFieldExpression } from './parse-field.ts';
import { metricsFunctions } from './parse-metrics.ts';
import { stageWords } from './parse-stage.ts';

/** hints = "with" "(" ident "=" static { "," ident "=" static } ")"; a later one replaces an earlier one. */
export function parseHints(cursor: Cursor): readonly Hint[] {
  let hints: Hint[] = [];
  while (cursor.isWord('with')) {
    cursor.take();
    cursor.expectSymbol('(', 'after with');
    hints = [parseHint(cursor)];
    while (cursor.takeSymbol(',')) hints.push(parseHint(cursor));
    cursor.expectSymbol(')', 'or "," after a hint');
  }
  return hints;
}

function parseHint(cursor: Cursor): Hint {
  const { token } = cursor;
  if (token.is !== 'word' || isKeyword(token.text)) {
    throw cursor.unexpected('the name of a hint, such as most_recent');
  }
  cursor.take();
  cursor.expectSymbol('=', 'after the name of a hint');
  const value = parseFieldExpression(cursor);
  if (value.kind !== 'static') throw cursor.error('a hint has a constant value', value.at!);
  return { kind: 'hint', name: token.text, value, at: cursor.since(token.from) };
}

/** Words of the grammar are not free for hints. */
function isKeyword(word: string): boolean {
  const words = ['duration', 'name', 'status', 'kind', 'with', 'true', 'false', 'nil', 'parent'];
  return [...words, ...stageWords, ...metricsFunctions].includes(word);
}
