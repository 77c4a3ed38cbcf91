/** The language: syntax tree and printer. The parser and the checker join them here. */
export * from './ast.ts';
export { check } from './check.ts';
export { type Completion, complete, type Need, type Suggestion } from './complete.ts';
export { parseDuration, printDuration } from './duration.ts';
export { drawCaret, nearest, TraceqlError, type TraceqlErrorKind } from './errors.ts';
export { type IntrinsicRow, intrinsics, type ValueType } from './intrinsics.ts';
export { parse, queryLengthMax } from './parser.ts';
export {
  printAttribute,
  printField,
  printQuery,
  printSearch,
  printStatic,
} from './print.ts';
