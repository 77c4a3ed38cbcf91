/**
 * Names as they may be drawn: on one line, of bounded length, their direction kept to themselves.
 *
 * Never knows: fonts.
 */

/** Far beyond what any column shows; measuring a megabyte would take seconds. */
const NAME_MAX = 300;

const CONTROL = /[\p{Cc}\u2028\u2029]/gu;

/** Names that can turn the direction of a line. */
const TURNS = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Bidi_Control}]/u;

/** Control characters become a visible blank; names with right-to-left letters are isolated from their neighbours. */
export function readableName(name: string): string {
  const line = name.slice(0, NAME_MAX).replace(CONTROL, '␣');
  if (line === '') {
    return '(no name)';
  }
  return TURNS.test(line) ? `\u2068${line}\u2069` : line;
}
