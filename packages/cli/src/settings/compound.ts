/**
 * Values made of several: tables of texts (`headers`) and lists of tables (`forward.destinations`).
 *
 * `clew.yaml` holds them as they are, flags and variables as JSON text; either way the value becomes
 * canonical JSON text, so that every setting stays one plain value. Never knows: what they are for.
 */
import { nearest } from './nearest.ts';
import type { Parsed, Setting, SettingValue } from './setting.ts';

type ParseOne = (setting: Setting, raw: unknown) => Parsed;

/** `{ a: b }`, its JSON text, or `a=b,c=d` with percent-encoding → JSON text of an object of texts. */
export function parseMap(raw: unknown): string | undefined {
  const given = typeof raw === 'string' ? mapText(raw.trim()) : raw;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return undefined;
  const entries = Object.entries(given);
  if (entries.some(([, value]) => typeof value === 'object')) return undefined;
  return JSON.stringify(Object.fromEntries(entries.map(([name, value]) => [name, String(value)])));
}

function mapText(text: string): unknown {
  if (text === '') return {};
  if (text.startsWith('{')) return jsonOf(text);
  const pairs = text.split(',').map((pair) => {
    const at = pair.indexOf('=');
    return at < 1 ? undefined : [pair.slice(0, at).trim(), decoded(pair.slice(at + 1).trim())];
  });
  return pairs.some((pair) => pair === undefined)
    ? undefined
    : Object.fromEntries(pairs as [string, string][]);
}

/** As in `OTEL_EXPORTER_OTLP_HEADERS`: a comma in a value is written %2C. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A list of tables → JSON text of an array of objects with dotted keys and all defaults filled in. */
export function parseList(setting: Setting, raw: unknown, parseOne: ParseOne): Parsed {
  const { items = [] } = setting;
  const keys = items.map(({ key }) => key).join(', ');
  const wanted = `a list of tables with the keys ${keys}`;
  const given = typeof raw === 'string' ? (raw.trim() === '' ? [] : jsonOf(raw)) : raw;
  if (!Array.isArray(given)) return { ok: false, expected: wanted };
  const rows: Record<string, SettingValue>[] = [];
  for (const [at, one] of given.entries()) {
    const where = `in entry ${at + 1}`;
    if (typeof one !== 'object' || one === null || Array.isArray(one)) {
      return { ok: false, expected: `${wanted}; ${where} found ${JSON.stringify(one)}` };
    }
    const read = readEntry(items, one as Record<string, unknown>, parseOne);
    if (typeof read === 'string') return { ok: false, expected: `${where} ${read}` };
    rows.push(read);
  }
  return { ok: true, value: JSON.stringify(rows) };
}

/** The entry's values by dotted key, or what is wrong with it. */
function readEntry(
  items: readonly Setting[],
  entry: Record<string, unknown>,
  parseOne: ParseOne,
): Record<string, SettingValue> | string {
  const maps = new Set(items.filter(({ type }) => type === 'map').map(({ key }) => key));
  const given = new Map(flat(entry, '', maps));
  const known = items.map(({ key }) => key);
  for (const key of given.keys()) {
    if (known.includes(key)) continue;
    const likely = nearest(key, known);
    return `one of ${known.join(', ')}, found ${key}${likely === undefined ? '' : `; the nearest is ${likely}`}`;
  }
  const row: Record<string, SettingValue> = {};
  for (const item of items) {
    const parsed = parseOne(item, given.get(item.key) ?? item.default);
    if (!parsed.ok) {
      const found = item.isSecret ? 'something else' : JSON.stringify(given.get(item.key));
      return `${item.key}: ${parsed.expected}, found ${found}`;
    }
    row[item.key] = parsed.value;
  }
  return row;
}

function flat(
  entry: Record<string, unknown>,
  prefix: string,
  maps: ReadonlySet<string>,
): [string, unknown][] {
  return Object.entries(entry).flatMap(([name, value]): [string, unknown][] => {
    const key = prefix + name;
    const isTable = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isTable && !maps.has(key)
      ? flat(value as Record<string, unknown>, `${key}.`, maps)
      : [[key, value]];
  });
}
