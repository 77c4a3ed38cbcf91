/** The package entry: the program as a function. */
export { main, run } from './main.ts';
export type { Terminal } from './terminal/terminal.ts';
