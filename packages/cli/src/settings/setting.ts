/**
 * One setting or flag: what it is called, what it may be, and how its text becomes a value.
 *
 * Every package declares its settings as plain objects of this shape; the shape is structural, so
 * no package has to import it. Never knows: where a text came from (flag, environment, file).
 */
import { parseList, parseMap } from './compound.ts';
import { parseBytes, parseDurationMs, printBytes, printDuration } from './units.ts';

export type SettingType =
  | 'string'
  | 'int'
  | 'number'
  | 'bytes'
  | 'duration'
  | 'bool'
  | 'choice'
  | 'listen'
  | 'map'
  | 'list';

/**
 * `duration` values are milliseconds, `bytes` values bytes; a `listen` is `host:port` or `off`; a
 * `map` is the JSON text of an object of texts, a `list` that of an array of objects.
 */
export type SettingValue = string | number | boolean;

export interface Setting {
  readonly key: string;
  readonly type: SettingType;
  readonly choices?: readonly string[];
  readonly default: SettingValue;
  readonly min?: number;
  readonly max?: number;
  /** What an entry of a `list` may hold. */
  readonly items?: readonly Setting[];
  /** The value is never printed or logged. */
  readonly isSecret?: boolean;
  /** One sentence for `--help` and the reference page. */
  readonly says: string;
}

export type Parsed =
  | { readonly ok: true; readonly value: SettingValue }
  | { readonly ok: false; readonly expected: string };

/** Reads one value; on failure answers what was expected, in words that end "expected …". */
export function parseSetting(setting: Setting, raw: unknown): Parsed {
  if (setting.type === 'list') return parseList(setting, raw, parseSetting);
  const value = readers[setting.type](raw, setting);
  if (value === undefined) return { ok: false, expected: expectation(setting) };
  if (typeof value === 'number' && !isWithin(value, setting)) {
    return { ok: false, expected: expectation(setting) };
  }
  return { ok: true, value };
}

/** The words for what a setting takes: used by errors, help and the JSON schema alike. */
export function expectation(setting: Setting): string {
  const range = rangeWords(setting);
  switch (setting.type) {
    case 'string':
      return 'text';
    case 'int':
      return `a whole number${range}`;
    case 'number':
      return `a number${range}`;
    case 'bytes':
      return `a size such as 16MiB, 512KiB or 1000000${range}`;
    case 'duration':
      return `a duration such as 100ms, 1.5s, 30m or 24h${range}`;
    case 'bool':
      return 'true or false';
    case 'choice':
      return `one of ${(setting.choices ?? []).join(', ')}`;
    case 'listen':
      return 'host:port, a port alone, or off';
    case 'map':
      return 'names with their texts: a table, or name=text,name=text';
    case 'list':
      return `a list of tables with the keys ${(setting.items ?? []).map(({ key }) => key).join(', ')}`;
  }
}

function rangeWords({ min, max, type }: Setting): string {
  const print = { bytes: printBytes, duration: printDuration }[type as string] ?? String;
  if (min !== undefined && max !== undefined) return ` from ${print(min)} to ${print(max)}`;
  if (min !== undefined) return `, at least ${print(min)}`;
  if (max !== undefined) return `, at most ${print(max)}`;
  return '';
}

function isWithin(value: number, { min, max }: Setting): boolean {
  return value >= (min ?? Number.NEGATIVE_INFINITY) && value <= (max ?? Number.POSITIVE_INFINITY);
}

type Reader = (raw: unknown, setting: Setting) => SettingValue | undefined;

const readers: Record<Exclude<SettingType, 'list'>, Reader> = {
  string: (raw) => (typeof raw === 'object' ? undefined : String(raw)),
  int: (raw) => {
    const text = String(raw).replaceAll('_', '').trim();
    return /^-?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : undefined;
  },
  number: (raw) => {
    const text = String(raw).trim();
    return text !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined;
  },
  bytes: (raw) => parseBytes(raw),
  duration: (raw) => parseDurationMs(raw),
  bool: (raw) => {
    if (raw === true || raw === 'true' || raw === '1' || raw === 'on' || raw === 'yes') return true;
    if (raw === false || raw === 'false' || raw === '0' || raw === 'off' || raw === 'no')
      return false;
    return undefined;
  },
  choice: (raw, { choices = [] }) => {
    // YAML reads a bare `off` or `true` as text or boolean; the choice is compared as text.
    const text = String(raw);
    return choices.includes(text) ? text : undefined;
  },
  listen: (raw) => parseListen(raw),
  map: (raw) => parseMap(raw),
};

/** `off`, `false`, `16687`, `:16687`, `127.0.0.1:16687`, `[::1]:16687` → `off` or `host:port`. */
function parseListen(raw: unknown): string | undefined {
  if (raw === false || raw === 'off' || raw === 'false') return 'off';
  const match = /^(?:(\[[0-9a-fA-F:.]+\]|[^\s:[\]]*):)?(\d{1,5})$/.exec(String(raw).trim());
  if (match === null || Number(match[2]) > 65_535) return undefined;
  return `${match[1] || '127.0.0.1'}:${Number(match[2])}`;
}
