/**
 * Types that a user's SQL may cast to.
 *
 * Never knows: what a cast does.
 */
import type { Cursor } from './cursor.ts';

const plain = `String Bool Date Date32 DateTime Int8 Int16 Int32 Int64 Int128 UInt8 UInt16 UInt32 UInt64 UInt128 Float32 Float64 UUID IPv4 IPv6`;
const names = new Map(plain.split(' ').map((name) => [name.toLowerCase(), name]));
/** Spellings of the SQL standard. */
const standard = new Map(
  Object.entries({
    varchar: 'String',
    text: 'String',
    char: 'String',
    boolean: 'Bool',
    integer: 'Int32',
    int: 'Int32',
    bigint: 'Int64',
    smallint: 'Int16',
    double: 'Float64',
    float: 'Float32',
    timestamp: 'DateTime',
  }),
);
/** Types made of others, with how many. */
const made = new Map<string, readonly [name: string, least: number, most: number]>([
  ['nullable', ['Nullable', 1, 1]],
  ['lowcardinality', ['LowCardinality', 1, 1]],
  ['array', ['Array', 1, 1]],
  ['map', ['Map', 2, 2]],
  ['tuple', ['Tuple', 1, 20]],
]);

/** @returns the type as the engine spells it */
export function readType(cursor: Cursor): string {
  return cursor.deeper(() => {
    const token = cursor.next();
    const name = token.kind === 'word' ? token.word : '';
    const of = made.get(name);
    if (of !== undefined) {
      cursor.needSign('(');
      const inner = cursor.list(() => readType(cursor));
      cursor.needSign(')');
      const [spelt, least, most] = of;
      if (inner.length >= least && inner.length <= most) return `${spelt}(${inner.join(', ')})`;
      throw cursor.mistake(`${spelt} of ${inner.length} types`, token);
    }
    if (name === 'datetime64') return `DateTime64(${readDigits(cursor, 9) ?? 3}, 'UTC')`;
    if (name === 'decimal') return readDecimal(cursor);
    if (name === 'fixedstring') return `FixedString(${readDigits(cursor, 1024) ?? 1})`;
    const found = names.get(name) ?? standard.get(name);
    if (found !== undefined) return found;
    throw cursor.notAllowed(`the type ${token.text}`, token);
  });
}

function readDigits(cursor: Cursor, most: number): number | null {
  if (!cursor.takeSign('(')) return null;
  const found = readCount(cursor, most);
  cursor.needSign(')');
  return found;
}

function readDecimal(cursor: Cursor): string {
  cursor.needSign('(');
  const digits = readCount(cursor, 38);
  const scale = cursor.takeSign(',') ? readCount(cursor, digits) : 0;
  cursor.needSign(')');
  return `Decimal(${digits}, ${scale})`;
}

function readCount(cursor: Cursor, most: number): number {
  const token = cursor.next();
  const count = Number(token.text);
  if (token.kind === 'number' && Number.isInteger(count) && count <= most) return count;
  throw cursor.mistake(`found ${token.text}, wanted a whole number up to ${most}`, token);
}
