/**
 * Text → tokens, greedily and without context: constants, attributes, words, symbols.
 *
 * What ends an attribute's name, which number is a duration and which escapes a string knows are Tempo's rules
 * (https://grafana.com/docs/tempo/latest/traceql/). Never knows: grammar.
 */
import type { Position, Static } from './ast.ts';
import { parseDuration } from './duration.ts';
import { TraceqlError } from './errors.ts';
import { attributePrefixes, symbols, type Token } from './token.ts';

export type Lexed = { readonly tokens: readonly Token[] };

const intMin = -(2n ** 63n);
const intMax = 2n ** 63n - 1n;
/** Every rune up to white space or one of these belongs to an attribute's name. */
const nameRune = /[^\s{}()=~!<>&|^,"]/u;
const wordStart = /[\p{L}_]/u;
const wordRune = /[\p{L}\p{N}_]/u;
const digit = /[0-9]/;

/** All tokens of a text, ending with one of kind `end`. Throws a TraceqlError of kind `syntax`. */
export function lex(source: string): Token[] {
  const lexer = new Lexer(source);
  const tokens: Token[] = [];
  for (;;) {
    const token = lexer.next();
    tokens.push(token);
    if (token.is === 'end') return tokens;
  }
}

class Lexer {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  next(): Token {
    this.#skipBlank();
    const from = this.#at;
    if (from >= this.#source.length) return { is: 'end', from, to: from };
    const rune = this.#source[from]!;
    if (rune === '"' || rune === '`') return this.#string(from);
    if (digit.test(rune) || (rune === '.' && digit.test(this.#source[from + 1] ?? ''))) {
      return this.#number(from);
    }
    const attribute = this.#attribute(from);
    if (attribute !== undefined) return attribute;
    if (wordStart.test(rune)) return this.#word(from);
    const symbol = symbols.find((text) => this.#source.startsWith(text, from));
    if (symbol === undefined) throw this.#error(`found "${rune}", which means nothing here`, from);
    this.#at = from + symbol.length;
    return { is: 'symbol', text: symbol, from, to: this.#at };
  }

  #skipBlank(): void {
    const blank = /(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y;
    blank.lastIndex = this.#at;
    if (blank.test(this.#source)) this.#at = blank.lastIndex;
  }

  #string(from: number): Token {
    const isRaw = this.#source[from] === '`';
    const value = isRaw ? this.#rawString(from) : this.#quotedString(from);
    return this.#constant({ kind: 'static', type: 'string', value }, from);
  }

  #rawString(from: number): string {
    const end = this.#source.indexOf('`', from + 1);
    if (end < 0) throw this.#error('this string has no closing back-quote', from);
    this.#at = end + 1;
    return this.#source.slice(from + 1, end);
  }

  #quotedString(from: number): string {
    let value = '';
    for (let at = from + 1; at < this.#source.length; ) {
      const rune = this.#source[at]!;
      if (rune === '"') {
        this.#at = at + 1;
        return value;
      }
      if (rune === '\n') break;
      if (rune !== '\\') {
        value += rune;
        at += 1;
        continue;
      }
      const found = this.#escape(at);
      value += found.text;
      at += found.length;
    }
    throw this.#error('this string has no closing quote on its line', from);
  }

  /** The escapes of a Go string literal, https://go.dev/ref/spec#String_literals. */
  #escape(at: number): { text: string; length: number } {
    const letter = this.#source[at + 1] ?? '';
    const simple = goEscapes[letter];
    if (simple !== undefined) return { text: simple, length: 2 };
    const coded = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3}))/y;
    coded.lastIndex = at;
    const found = coded.exec(this.#source);
    const code =
      found && parseInt(found[1] ?? found[2] ?? found[3] ?? found[4]!, found[4] ? 8 : 16);
    if (!found || code === null || code > 0x10ffff) {
      throw this.#error(
        `"\\${letter}" is no escape; write "\\\\${letter}", or use a back-quoted string`,
        at,
        at + 2,
      );
    }
    return { text: String.fromCodePoint(code), length: found[0].length };
  }

  /** A number, or a duration: digits followed at once by unit letters. */
  #number(from: number): Token {
    const shape = /[0-9]*\.?[0-9]*(?:[eE][+-]?[0-9]+)?[\p{L}\p{N}_.]*/uy;
    shape.lastIndex = from;
    const text = shape.exec(this.#source)![0];
    this.#at = from + text.length;
    const value = readNumber(text);
    if (value === undefined) {
      throw this.#error(
        `found "${text}", wanted a 64-bit integer, a number such as 1.5 or a duration such as 1h30m`,
        from,
      );
    }
    return this.#constant(value, from);
  }

  #attribute(from: number): Token | undefined {
    const prefix = attributePrefixes.find(({ text }) => this.#source.startsWith(text, from));
    if (prefix === undefined) return undefined;
    this.#at = from + prefix.text.length;
    const name = this.#attributeName(from);
    return {
      is: 'attribute',
      scope: prefix.scope,
      name,
      ofParent: prefix.ofParent,
      from,
      to: this.#at,
    };
  }

  /** Plain and quoted segments, joined as written. */
  #attributeName(from: number): string {
    let name = '';
    let isQuoted = false;
    for (;;) {
      const rune = this.#source[this.#at] ?? '';
      if (rune === '"') {
        name += this.#quotedSegment();
        isQuoted = true;
      } else if (rune !== '' && nameRune.test(rune)) {
        name += rune;
        this.#at += 1;
      } else break;
    }
    if (name === '' && !isQuoted) {
      throw this.#error('an attribute name must follow the dot without a space', from);
    }
    return name;
  }

  #quotedSegment(): string {
    const from = this.#at;
    let text = '';
    for (let at = from + 1; at < this.#source.length; at++) {
      const rune = this.#source[at]!;
      if (rune === '"') {
        this.#at = at + 1;
        return text;
      }
      if (rune === '\\') {
        at += 1;
        const escaped = this.#source[at] ?? '';
        if (escaped !== '"' && escaped !== '\\') {
          throw this.#error('inside a quoted name only \\" and \\\\ are escapes', at - 1, at + 1);
        }
        text += escaped;
      } else text += rune;
    }
    throw this.#error('this quoted name has no closing quote', from);
  }

  /** A bare word, with its part behind the colon where it names a scoped intrinsic. */
  #word(from: number): Token {
    let to = from;
    while (to < this.#source.length && wordRune.test(this.#source[to]!)) to++;
    if (this.#source[to] === ':' && wordStart.test(this.#source[to + 1] ?? '')) {
      to++;
      while (to < this.#source.length && wordRune.test(this.#source[to]!)) to++;
    }
    this.#at = to;
    return { is: 'word', text: this.#source.slice(from, to), from, to };
  }

  #constant(value: Static, from: number): Token {
    const at: Position = { from, to: this.#at };
    return { is: 'constant', value: { ...value, at }, ...at };
  }

  #error(reason: string, from: number, to = Math.max(this.#at, from + 1)): TraceqlError {
    return new TraceqlError('syntax', reason, this.#source, { from, to });
  }
}

const goEscapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
};

function readNumber(text: string): Static | undefined {
  if (/^[0-9]+$/.test(text)) {
    const value = BigInt(text);
    return value <= intMax ? { kind: 'static', type: 'int', value } : undefined;
  }
  if (/^(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][+-]?[0-9]+)?$/.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? { kind: 'static', type: 'float', value } : undefined;
  }
  const durationNs = parseDuration(text);
  if (durationNs === undefined || durationNs < intMin || durationNs > intMax) return undefined;
  return { kind: 'static', type: 'duration', value: durationNs };
}
