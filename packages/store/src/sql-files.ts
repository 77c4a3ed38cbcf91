/**
 * The hand-written statements: one object or statement per file under sql/, the order of a folder in
 * its `_order`. Read once, from disk, relative to this file, so that sources and the built tree find
 * the same texts.
 */
import { readdirSync, readFileSync } from 'node:fs';

const root = new URL('../sql/', import.meta.url);

export type SqlFolder =
  | 'tables'
  | 'views'
  | 'user-views'
  | 'load'
  | 'recover'
  | 'sampling'
  | 'migrations';

/** @returns the text of `sql/<folder>/<name>.sql` without its comments */
export function sqlText(folder: SqlFolder, name: string): string {
  return withoutComments(readFileSync(new URL(`${folder}/${name}.sql`, root), 'utf8'));
}

/** @returns the names of a folder in the order in which they are built */
export function sqlOrder(folder: SqlFolder): string[] {
  return readFileSync(new URL(`${folder}/_order`, root), 'utf8')
    .split('\n')
    .filter(Boolean);
}

/** @returns the names that have a file, for the check that the registry and the disk agree */
export function sqlNamesOnDisk(folder: SqlFolder): string[] {
  return readdirSync(new URL(`${folder}/`, root))
    .filter((file) => file.endsWith('.sql'))
    .map((file) => file.slice(0, -'.sql'.length));
}

/** Comments are for readers here; the engine parses every statement anew. */
function withoutComments(text: string): string {
  return text.replace(/^\s*--.*\n/gm, '').trim();
}
