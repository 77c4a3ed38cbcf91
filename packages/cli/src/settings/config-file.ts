/**
 * `clew.yaml` → dotted keys with their line, so that a message can point at the place.
 *
 * Keys may be nested (`spool: { sync: always }`) or dotted (`spool.sync: always`).
 * Never knows: which keys exist.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { isMap, isScalar, LineCounter, parseDocument, type YAMLMap } from 'yaml';
import { CliError } from '../cli-error.ts';
import type { FileValue } from './resolve.ts';

/** `path` undefined = `./clew.yaml` if there is one. Throws CliError on a bad or missing file. */
export function readConfigFile(path: string | undefined): Map<string, FileValue> {
  let text: string;
  try {
    text = readFileSync(path ?? 'clew.yaml', 'utf8');
  } catch (cause) {
    if (path === undefined && (cause as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    throw new CliError(`cannot read the configuration file ${path ?? 'clew.yaml'}`, {
      hint: `${(cause as Error).message}; name another with --config FILE`,
      cause,
    });
  }
  return parseConfig(text, basename(path ?? 'clew.yaml'));
}

export function parseConfig(text: string, name: string): Map<string, FileValue> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: true });
  const problem = document.errors[0];
  if (problem !== undefined) {
    throw new CliError(`${name} is no YAML: ${problem.message.split('\n')[0]}`, {
      hint: 'write one `key: value` per line; `clew serve --help` lists the keys',
    });
  }
  const values = new Map<string, FileValue>();
  if (document.contents === null) return values;
  if (!isMap(document.contents)) {
    throw new CliError(`${name} must be a table of settings, such as \`data_dir: /var/lib/clew\``);
  }
  const placeOf = (at: number) => `${name}:${lines.linePos(at).line}`;
  flatten(document.contents, '', placeOf, values);
  return values;
}

function flatten(
  map: YAMLMap,
  prefix: string,
  placeOf: (at: number) => string,
  into: Map<string, FileValue>,
): void {
  for (const { key, value } of map.items) {
    const at = isScalar(key) ? (key.range?.[0] ?? 0) : 0;
    const name = `${prefix}${isScalar(key) ? String(key.value) : String(key)}`;
    if (isMap(value)) {
      flatten(value, `${name}.`, placeOf, into);
      continue;
    }
    const plain = isScalar(value) ? value.value : (value as { toJSON?: () => unknown })?.toJSON?.();
    into.set(name, { value: plain ?? '', place: placeOf(at) });
  }
}
