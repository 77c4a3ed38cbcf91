/**
 * The words of the language: what a token is, and which bare words mean something.
 */
import type { AttributeScope, Position, Static } from './ast.ts';

export type Token = Position &
  (
    | { readonly is: 'constant'; readonly value: Static }
    | {
        readonly is: 'attribute';
        readonly scope: AttributeScope;
        readonly name: string;
        readonly ofParent: boolean;
      }
    /** A bare word, or a scoped intrinsic such as `span:duration`. */
    | { readonly is: 'word'; readonly text: string }
    | { readonly is: 'symbol'; readonly text: string }
    | { readonly is: 'end' }
  );

/** Longest first, so that the lexer's greedy choice is the first that fits. */
export const symbols: readonly string[] = [
  ...['!>>', '!<<', '&>>', '&<<'],
  ...['>>', '<<', '>=', '<=', '!=', '=~', '!~', '!>', '!<', '&&', '||', '&>', '&<', '&~'],
  ...['{', '}', '(', ')', '|', ',', '=', '<', '>', '~', '!', '+', '-', '*', '/', '%', '^'],
];

/** Prefixes of attributes; the name follows the dot without a space. */
export const attributePrefixes: readonly {
  readonly text: string;
  readonly scope: AttributeScope;
  readonly ofParent: boolean;
}[] = [
  { text: 'parent.span.', scope: 'span', ofParent: true },
  { text: 'parent.resource.', scope: 'resource', ofParent: true },
  { text: 'parent.', scope: 'any', ofParent: true },
  { text: 'span.', scope: 'span', ofParent: false },
  { text: 'resource.', scope: 'resource', ofParent: false },
  { text: 'event.', scope: 'event', ofParent: false },
  { text: 'link.', scope: 'link', ofParent: false },
  { text: 'instrumentation.', scope: 'instrumentation', ofParent: false },
  { text: '.', scope: 'any', ofParent: false },
];

/** How a token reads in an error message. */
export function describeToken(token: Token, source: string): string {
  if (token.is === 'end') return 'the end of the query';
  return `"${source.slice(token.from, token.to)}"`;
}
