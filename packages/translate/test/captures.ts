/**
 * Captures of real clients, `fixtures/<folder>/<client>.bin`.
 *
 * Never knows: what is expected of them.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** A file of `fixtures/`, as it was captured. */
export function capture(path: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../fixtures/${path}`, import.meta.url)));
}

/** Those that a row of the table of protocols can read; none of rows that share the bytes of another. */
export function capturesOf(row: string): Uint8Array[] {
  const [folder, version = ''] = row.startsWith('datadog-') ? row.split('-') : [row];
  const url = new URL(`../fixtures/${folder}/`, import.meta.url);
  if (!existsSync(url)) return [];
  return readdirSync(url)
    .filter((name) => name.endsWith('.bin') && name.includes(version))
    .map((name) => capture(`${folder}/${name}`));
}
