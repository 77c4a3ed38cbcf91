/**
 * SQL text → tokens. Whatever has no token here (parameters in braces, heredocs, bytes beyond ASCII
 * outside of quotes) cannot be in a statement.
 *
 * Never knows: keywords; a word is a word.
 */
import { sqlLimits } from './limits.ts';
import { sqlMistake } from './sql-mistake.ts';

export type Token = {
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'sign' | 'end';
  /** Words and signs as written, names and strings without their quotes and escapes. */
  readonly text: string;
  /** Lower case of a word; empty for everything else. */
  readonly word: string;
  readonly at: number;
};

const blank = /(?:[ \t\r\n\f\v]|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/y;
const word = /[A-Za-z_][A-Za-z0-9_]*/y;
const number =
  /(?:0[xX][0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)(?![A-Za-z0-9_])/y;
const sign = /->|::|<=>|<>|!=|<=|>=|==|\|\||[()[\],.+\-*/%=<>;]/y;

/** @throws QuestionError `bad-sql`, `sql-not-allowed` */
export function lexSql(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0] ?? '';
  };
  const push = (kind: Token['kind'], found: string, length: number, isWord = false) => {
    tokens.push({ kind, text: found, word: isWord ? found.toLowerCase() : '', at });
    at += length;
  };
  for (;;) {
    at += take(blank).length;
    if (at >= text.length) break;
    const char = text[at]!;
    if (char === "'" || char === '"' || char === '`') {
      const { value, length } = readQuoted(text, at, char);
      push(char === "'" ? 'string' : 'quoted', value, length);
      continue;
    }
    const found = take(word);
    if (found !== '') push('word', found, found.length, true);
    else if (take(number) !== '') push('number', take(number), take(number).length);
    else if (take(sign) !== '') push('sign', take(sign), take(sign).length);
    else throw unreadable(text, at);
  }
  tokens.push({ kind: 'end', text: 'the end', word: '', at: text.length });
  return tokens;
}

function unreadable(text: string, at: number) {
  const rest = text.slice(at);
  if (rest.startsWith('/*')) return sqlMistake('bad-sql', 'this comment has no end', text, at);
  if (/^[{}]/.test(rest)) {
    return sqlMistake('sql-not-allowed', 'parameters and maps in braces', text, at);
  }
  if (rest.startsWith('$')) return sqlMistake('sql-not-allowed', 'text between $ signs', text, at);
  const found = JSON.stringify(String.fromCodePoint(rest.codePointAt(0)!));
  return sqlMistake('bad-sql', `${found} has no meaning here; names may be quoted`, text, at);
}

/** https://clickhouse.com/docs/sql-reference/syntax#string: an unknown escape keeps its backslash. */
const escapes: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  r: '\r',
  n: '\n',
  t: '\t',
  0: '\0',
  a: '\x07',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '`': '`',
};

function readQuoted(text: string, from: number, quote: string) {
  let value = '';
  for (let at = from + 1; at < text.length; at++) {
    const char = text[at]!;
    if (char === quote) {
      if (text[at + 1] !== quote) return checked(text, from, quote, value, at + 1 - from);
      at++;
      value += quote;
    } else if (char === '\\') {
      at++;
      const next = text[at] ?? '';
      const hex =
        next === 'x' ? /^[0-9a-fA-F]{2}/.exec(text.slice(at + 1, at + 3))?.[0] : undefined;
      if (hex !== undefined && Number.parseInt(hex, 16) < 0x80) {
        value += String.fromCharCode(Number.parseInt(hex, 16));
        at += 2;
      } else {
        value += escapes[next] ?? `\\${next}`;
      }
    } else {
      value += char;
    }
  }
  throw sqlMistake('bad-sql', 'this quote has no end', text, from);
}

function checked(text: string, at: number, quote: string, value: string, length: number) {
  if (/\p{Surrogate}/u.test(value))
    throw sqlMistake('bad-sql', 'half a character (UTF-16)', text, at);
  if (quote === "'") return { value, length };
  // Names are printed between backticks: what could leave them, or not be seen, is refused.
  if (value === '' || value.length > sqlLimits.nameCharsMax || /[`\\\p{C}]/u.test(value)) {
    const wanted = `1 to ${sqlLimits.nameCharsMax} visible characters without \` and \\`;
    throw sqlMistake('sql-not-allowed', `a name of ${wanted} is needed`, text, at);
  }
  return { value, length };
}
