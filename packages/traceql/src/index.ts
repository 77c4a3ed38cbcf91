/** The language: syntax tree and printer. The parser and the checker join them here. */
export * from './ast.ts';
export { printDuration } from './duration.ts';
export {
  printAttribute,
  printField,
  printQuery,
  printSearch,
  printStatic,
} from './print.ts';
