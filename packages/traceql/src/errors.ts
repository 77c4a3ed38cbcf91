/**
 * What is wrong with a query, where, and what was wanted instead; drawn with a caret under the place.
 *
 * Three kinds: `syntax` (no tree), `type` (a tree that cannot be right), `unsupported` (a right tree that Clew
 * does not answer). Never knows: who shows it.
 */
import type { Position } from './ast.ts';

export type TraceqlErrorKind = 'syntax' | 'type' | 'unsupported';

export class TraceqlError extends Error {
  readonly kind: TraceqlErrorKind;
  /** What is wrong and what was wanted, without the drawing. */
  readonly reason: string;
  readonly at: Position;
  /** 1-based, for people. */
  readonly line: number;
  readonly column: number;

  constructor(kind: TraceqlErrorKind, reason: string, source: string, at: Position) {
    const { line, column } = placeOf(source, at.from);
    super(`line ${line}, column ${column}: ${reason}\n${drawCaret(source, at)}`);
    this.name = 'TraceqlError';
    this.kind = kind;
    this.reason = reason;
    this.at = at;
    this.line = line;
    this.column = column;
  }
}

function placeOf(source: string, offset: number): { line: number; column: number } {
  const before = source.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

const widthMax = 100;

/** The line of the place, cut to what fits a terminal, and a caret under each of its characters. */
export function drawCaret(source: string, at: Position): string {
  const start = source.lastIndexOf('\n', at.from - 1) + 1;
  const newline = source.indexOf('\n', at.from);
  const end = newline < 0 ? source.length : newline;
  const left = Math.max(start, Math.min(at.from - widthMax / 2, end - widthMax));
  const line = source.slice(left, Math.min(end, left + widthMax)).replaceAll('\t', ' ');
  const length = Math.max(1, Math.min(at.to, left + widthMax, end) - at.from);
  return `  ${line}\n  ${' '.repeat(at.from - left)}${'^'.repeat(length)}`;
}

/** The candidate that a misspelt word most likely meant, if one is near: two edits, or one for words of three letters. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const budget = word.length <= 3 ? 1 : 2;
  const ranked = candidates
    .map((candidate) => ({
      candidate,
      distance: editDistance(word.toLowerCase(), candidate.toLowerCase()),
    }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= budget ? best.candidate : undefined;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(change, previous[j]! + 1, row[j - 1]! + 1));
    }
    previous = row;
  }
  return previous[b.length]!;
}
