/**
 * A place in a list of tokens: look, take, expect, and fail with what was found and wanted.
 */
import type { Position } from './ast.ts';
import { TraceqlError } from './errors.ts';
import { describeToken, type Token } from './token.ts';

/** How deeply expressions may nest: far beyond any question, far below the stack. */
const depthMax = 200;

export class Cursor {
  readonly source: string;
  readonly #tokens: readonly Token[];
  #place = 0;
  #depth = 0;

  constructor(source: string, tokens: readonly Token[]) {
    this.source = source;
    this.#tokens = tokens;
  }

  get token(): Token {
    return this.#tokens[this.#place]!;
  }

  get following(): Token {
    return this.#tokens[Math.min(this.#place + 1, this.#tokens.length - 1)]!;
  }

  take(): Token {
    const { token } = this;
    if (token.is !== 'end') this.#place += 1;
    return token;
  }

  isSymbol(text: string): boolean {
    return this.token.is === 'symbol' && this.token.text === text;
  }

  isWord(text: string): boolean {
    return this.token.is === 'word' && this.token.text === text;
  }

  takeSymbol(text: string): boolean {
    const found = this.isSymbol(text);
    if (found) this.take();
    return found;
  }

  expectSymbol(text: string, where: string): Token {
    if (!this.isSymbol(text)) throw this.unexpected(`"${text}" ${where}`);
    return this.take();
  }

  /** An error at the current token. */
  unexpected(wanted: string): TraceqlError {
    const found = describeToken(this.token, this.source);
    return this.error(`found ${found}, wanted ${wanted}`, this.token);
  }

  error(reason: string, at: Position): TraceqlError {
    return new TraceqlError('syntax', reason, this.source, { from: at.from, to: at.to });
  }

  /** From a start to the end of the last token taken. */
  since(from: number): Position {
    return { from, to: this.#tokens[Math.max(0, this.#place - 1)]!.to };
  }

  /** Runs one level deeper; a query that nests too deeply is refused instead of ending the process. */
  nested<T>(parse: () => T): T {
    this.#depth += 1;
    if (this.#depth > depthMax) {
      throw this.error(`this query nests deeper than ${depthMax} levels`, this.token);
    }
    try {
      return parse();
    } finally {
      this.#depth -= 1;
    }
  }
}
