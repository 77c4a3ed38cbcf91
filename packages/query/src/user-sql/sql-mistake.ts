/**
 * A mistake in a user's SQL, with its place drawn below the line.
 *
 * Never knows: what the grammar is.
 */
import { QuestionError } from '../errors.ts';

/** Wider lines are cut around the place, so that the mark stays under what it marks. */
const shownCharsMax = 100;

/**
 * @param code `bad-sql` for what cannot be read, `sql-not-allowed` for what may not be asked
 * @param at offset of the first character in question
 */
export function sqlMistake(
  code: 'bad-sql' | 'sql-not-allowed',
  reason: string,
  text: string,
  at: number,
): QuestionError {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const end = text.indexOf('\n', at);
  const line = text.slice(start, end < 0 ? text.length : end).replaceAll('\t', ' ');
  const from = Math.max(0, at - start - shownCharsMax / 2);
  const shown = line.slice(from, from + shownCharsMax);
  const row = text.slice(0, start).split('\n').length;
  const found = `line ${row}, column ${at - start + 1}: ${reason}`;
  return new QuestionError(code, {
    found: `${found}\n  ${shown}\n  ${' '.repeat(at - start - from)}^`,
  });
}
