/**
 * One value for every setting: flag, else environment, else `clew.yaml`, else default.
 *
 * All problems are collected before any is reported, so that one run shows everything that is
 * wrong. Never reads a file or the environment itself: it is handed both.
 */
import { nearest } from './nearest.ts';
import { parseSetting, type Setting, type SettingValue } from './setting.ts';

export interface Sources {
  /** Setting key → text, from the command line. */
  readonly flags: ReadonlyMap<string, unknown>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Dotted key → value with its place, from `clew.yaml`. */
  readonly file: ReadonlyMap<string, FileValue>;
}

export interface FileValue {
  readonly value: unknown;
  /** `clew.yaml:12`, for messages. */
  readonly place: string;
}

export interface Resolved {
  readonly values: Readonly<Record<string, SettingValue>>;
  /** Where each value that is no default came from, for the log at start. */
  readonly from: Readonly<Record<string, string>>;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * `data_dir` → `--data-dir`; dotted keys as they stand in the file: `--listen.otlp_http`. Dashes and
 * underscores are taken alike on the command line; this is how a flag is printed.
 */
export function flagName(key: string): string {
  return `--${key.includes('.') ? key : key.replaceAll('_', '-')}`;
}

export function envName(key: string): string {
  return `CLEW_${key.replaceAll('.', '_').toUpperCase()}`;
}

export function resolveSettings(table: readonly Setting[], sources: Sources): Resolved {
  const values: Record<string, SettingValue> = {};
  const from: Record<string, string> = {};
  const problems: string[] = [];
  const file = foldMaps(table, sources.file);
  for (const setting of table) {
    const found = firstFound(setting.key, { ...sources, file });
    const parsed = parseSetting(setting, found === undefined ? setting.default : found.raw);
    if (parsed.ok) {
      values[setting.key] = parsed.value;
      if (found !== undefined) from[setting.key] = found.place;
    } else {
      problems.push(badValue(setting, found, parsed.expected));
    }
  }
  const known = table.map((setting) => setting.key);
  for (const [key, { place }] of file) {
    if (!known.includes(key)) problems.push(unknownSetting(key, place, known));
  }
  return { values, from, problems, warnings: unknownVariables(sources.env, known) };
}

/** A table under a `map` setting is its value: `forward.headers.authorization` is no key of ours. */
function foldMaps(
  table: readonly Setting[],
  file: ReadonlyMap<string, FileValue>,
): Map<string, FileValue> {
  const folded = new Map(file);
  for (const { key } of table.filter(({ type }) => type === 'map')) {
    const inside = [...file].filter(([name]) => name.startsWith(`${key}.`));
    if (inside.length === 0) continue;
    const value = Object.fromEntries(
      inside.map(([name, one]) => [name.slice(key.length + 1), one.value]),
    );
    for (const [name] of inside) folded.delete(name);
    folded.set(key, { value, place: inside[0]?.[1].place ?? '' });
  }
  return folded;
}

/** "unknown setting X (place)", with the nearest known one when there is a likely one. */
export function unknownSetting(key: string, place: string, known: readonly string[]): string {
  const likely = nearest(key, known);
  const next =
    likely === undefined
      ? '`clew serve --help` lists all settings'
      : `the nearest known one is ${likely}`;
  return `unknown setting ${key} (${place}); ${next}`;
}

interface Found {
  readonly raw: unknown;
  readonly place: string;
}

function firstFound(key: string, { flags, env, file }: Sources): Found | undefined {
  if (flags.has(key)) return { raw: flags.get(key), place: `flag ${flagName(key)}` };
  const name = envName(key);
  // An empty variable counts as unset, as the OpenTelemetry specification has it for its own.
  if (env[name] !== undefined && env[name] !== '') {
    return { raw: env[name], place: `environment variable ${name}` };
  }
  const inFile = file.get(key);
  return inFile === undefined ? undefined : { raw: inFile.value, place: inFile.place };
}

function badValue({ key, isSecret }: Setting, found: Found | undefined, expected: string): string {
  const place = found?.place ?? 'its default';
  // What holds secrets is not repeated to a terminal or a log.
  const what = isSecret ? '' : `found ${JSON.stringify(found?.raw)}, `;
  return `bad value for ${key} (${place}): ${what}expected ${expected}`;
}

/** Variables that commands other than `serve` read. */
const OTHER_VARIABLES: readonly string[] = ['CLEW_CONFIG', 'CLEW_SERVER', 'CLEW_TO'];

/**
 * Unknown `CLEW_…` variables are a warning and no error: Kubernetes sets `CLEW_SERVICE_HOST`,
 * `CLEW_PORT` and more in every pod beside a service called `clew`.
 */
function unknownVariables(env: Sources['env'], known: readonly string[]): string[] {
  const names = [...known.map(envName), ...OTHER_VARIABLES];
  return Object.keys(env)
    .filter((name) => name.startsWith('CLEW_') && !names.includes(name))
    .filter((name) => !/^CLEW_(SERVICE_|PORT$|PORT_)/.test(name))
    .map((name) => {
      const likely = nearest(name, names);
      const hint = likely === undefined ? '' : `; the nearest known one is ${likely}`;
      return `environment variable ${name} is no setting and is ignored${hint}`;
    });
}
