/**
 * The place in the tokens, and the few ways of reading on; both halves of the parser share it.
 *
 * Never knows: the grammar.
 */
import type { QuestionError } from '../errors.ts';
import { lexSql, type Token } from './lex.ts';
import { sqlLimits } from './limits.ts';
import { sqlMistake } from './sql-mistake.ts';

export type Cursor = ReturnType<typeof createCursor>;

/** @throws QuestionError when the text has no tokens */
export function createCursor(text: string) {
  const tokens = lexSql(text);
  let place = 0;
  let depth = 0;
  let tables = 0;
  let operators = 0;

  const peek = (ahead = 0): Token => tokens[Math.min(place + ahead, tokens.length - 1)]!;
  const next = (): Token => {
    const token = peek();
    place = Math.min(place + 1, tokens.length - 1);
    return token;
  };
  const isSign = (sign: string, ahead = 0) =>
    peek(ahead).kind === 'sign' && peek(ahead).text === sign;
  /** All of these words stand here, one after another. */
  const isWord = (...words: readonly string[]) => words.every((word, at) => peek(at).word === word);
  const mistake = (reason: string, token: Token = peek()): QuestionError =>
    sqlMistake('bad-sql', reason, text, token.at);
  const notAllowed = (reason: string, token: Token | { at: number } = peek()): QuestionError =>
    sqlMistake('sql-not-allowed', reason, text, token.at);

  const takeSign = (sign: string): boolean => isSign(sign) && next() !== undefined;
  const takeWord = (...words: readonly string[]): boolean => {
    if (!isWord(...words)) return false;
    place += words.length;
    return true;
  };
  const needSign = (sign: string): void => {
    if (!takeSign(sign)) throw mistake(`found ${peek().text}, wanted ${sign}`);
  };
  const needWord = (word: string): void => {
    if (!takeWord(word)) throw mistake(`found ${peek().text}, wanted ${word.toUpperCase()}`);
  };
  /** At least one, with commas between. */
  const list = <Each>(read: () => Each): Each[] => {
    const found = [read()];
    while (takeSign(',')) {
      if (found.length >= sqlLimits.listMax) {
        throw notAllowed(`more than ${sqlLimits.listMax} elements`);
      }
      found.push(read());
    }
    return found;
  };
  /** Everything that can contain itself is read inside of this. */
  const deeper = <Read>(read: () => Read): Read => {
    depth++;
    if (depth > sqlLimits.depthMax) throw notAllowed(`deeper than ${sqlLimits.depthMax} levels`);
    const found = read();
    depth--;
    return found;
  };
  /** Called for every operator and every `[…]`, `.name` and `::Type`. */
  const countOperator = (): void => {
    operators++;
    if (operators > sqlLimits.operatorsMax) {
      throw notAllowed(`more than ${sqlLimits.operatorsMax} operators`);
    }
  };
  const countTable = (): void => {
    tables++;
    if (tables > sqlLimits.tablesMax) throw notAllowed(`more than ${sqlLimits.tablesMax} tables`);
  };
  /** The text from a token to the one that stands here now. */
  const textFrom = (token: Token): string => text.slice(token.at, peek().at).trim();
  return {
    textFrom,
    peek,
    next,
    isSign,
    isWord,
    takeSign,
    takeWord,
    needSign,
    needWord,
    list,
    deeper,
    countTable,
    countOperator,
    mistake,
    notAllowed,
  };
}

/** Words that end an expression or a table, so that none of them is taken for a name without quotes. */
const reserved = new Set(
  `all and any anti array as asc asof between by case cross cube desc distinct else end except exists
  false fetch final following for format from full global group having ilike in inner insert interpolate
  intersect interval into is join left like limit not null nulls offset on or order outer over partition
  paste preceding prewhere qualify range regexp right rollup rows sample select semi settings then ties
  totals true union using when where window with`.split(/\s+/),
);

/** A name: quoted, or a word that is not reserved. Null when none stands here. */
export function takeName(cursor: Cursor): string | null {
  const token = cursor.peek();
  const isName = token.kind === 'quoted' || (token.kind === 'word' && !reserved.has(token.word));
  if (!isName) return null;
  cursor.next();
  if (token.text.length > sqlLimits.nameCharsMax) throw cursor.notAllowed('so long a name', token);
  return token.text;
}

export function needName(cursor: Cursor): string {
  const name = takeName(cursor);
  if (name !== null) return name;
  throw cursor.mistake(`found ${cursor.peek().text}, wanted a name (quote it if it is a keyword)`);
}
