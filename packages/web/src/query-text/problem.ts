/** What is wrong with a text as TraceQL, in the language's own words. Never knows: how it is shown. */
import { check, drawCaret, parse, TraceqlError } from '@clew/traceql';

export type Problem = {
  /** `line 1, column 3: found …`; the reason in one sentence. */
  readonly says: string;
  /** The line with a caret under the place; empty when the place is not known. */
  readonly drawing: string;
  /** Offsets in the text, `to` exclusive; undefined when the place is not known. */
  readonly at: { readonly from: number; readonly to: number } | undefined;
  /** The text ends too early: so far nothing in it is wrong. */
  readonly isUnfinished: boolean;
};

/** undefined for a right query, and for no text at all. */
export function problemOf(text: string): Problem | undefined {
  if (text.trim() === '') return undefined;
  try {
    check(parse(text), text);
    return undefined;
  } catch (error) {
    if (!(error instanceof TraceqlError)) throw error;
    const { line, column, reason, at } = error;
    return {
      says: `line ${line}, column ${column}: ${reason}`,
      drawing: drawCaret(text, at),
      at: { from: at.from, to: Math.max(at.to, at.from + 1) },
      isUnfinished: at.from >= text.trimEnd().length,
    };
  }
}

/** The server's message, which draws the place itself: its first line says it, the others draw. */
export function drawnProblem(message: string): Problem {
  const [says = '', ...drawing] = message.split('\n');
  return { says, drawing: drawing.join('\n'), at: undefined, isUnfinished: false };
}
