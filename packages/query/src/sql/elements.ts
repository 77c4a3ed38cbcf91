/**
 * Conditions on the elements of an array attribute. Arrays are stored as 'a' and the protobuf bytes of OTLP's `ArrayValue`,
 * https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/common/v1/common.proto
 *
 * An array whose elements are not all of one plain type passes no condition, nor does an empty one.
 *
 * Never knows: which condition it is.
 */
import type { Static } from '@clew/traceql';
import { type Fragment, join, or, sql } from './fragment.ts';

/** The first byte of an `AnyValue`: the number of its member, and how it is written. */
type Tag = { readonly tag: Fragment; readonly value: Fragment };

const byte = (at: Fragment) => sql`reinterpretAsUInt8(substring(item, ${at}, 1))`;

const text: Tag = {
  tag: sql`char(10)`,
  // Behind the tag stands the length, whose every byte but the last is 128 or more.
  value: sql`
    substring(item, 3 + multiIf(
      ${byte(sql`2`)} < 128, 0, ${byte(sql`3`)} < 128, 1, ${byte(sql`4`)} < 128, 2, 3
    ))
  `,
};

const flag: Tag = { tag: sql`char(16)`, value: sql`(${byte(sql`2`)} = 1)` };

/** Seven bits to a byte, the least first. */
const int: Tag = {
  tag: sql`char(24)`,
  value: sql`
    toInt64(arraySum(arrayMap(
      at -> bitShiftLeft(toUInt64(bitAnd(${byte(sql`2 + at`)}, 127)), 7 * at),
      range(length(item) - 1)
    )))
  `,
};

const double: Tag = { tag: sql`char(33)`, value: sql`reinterpretAsFloat64(substring(item, 2, 8))` };

/** Type of the constant → what elements it compares with. */
const tags: Readonly<Record<Static['type'], readonly Tag[]>> = {
  string: [text],
  int: [int, double],
  float: [int, double],
  duration: [int, double],
  boolean: [flag],
  status: [],
  kind: [],
};

/**
 * True when the map holds an array of which one element passes, or with `all`, every one.
 *
 * @param map values by name that are no plain ones
 */
export function elementTest(
  map: Fragment,
  key: Fragment,
  type: Static['type'],
  test: (value: Fragment) => Fragment,
  all: boolean,
): Fragment {
  const each = all ? sql`arrayAll` : sql`arrayExists`;
  const tests = tags[type].map(
    ({ tag, value }) => sql`
      (startsWith(items[1], ${tag}) and ${each}(item -> ${test(value)}, items))
    `,
  );
  if (tests.length === 0) return sql`false`;
  return sql`
    (mapContains(${map}, ${key}) and startsWith(${map}[${key}], 'a') and arrayExists(
      items -> arrayUniq(arrayMap(item -> substring(item, 1, 1), items)) = 1 and ${or(tests)},
      [${elements(sql`substring(${map}[${key}], 2)`)}]
    ))
  `;
}

/** The letter of a cell (operand.ts), and the elements that it stands for. */
const letters: readonly (readonly [letter: Fragment, of: Tag, written: Fragment])[] = [
  [sql`'s'`, text, text.value],
  [sql`'i'`, int, sql`toString(${int.value})`],
  [sql`'f'`, double, sql`toString(${double.value})`],
  [sql`'b'`, flag, sql`toString(toUInt8(${flag.value}))`],
];

/**
 * The elements of the array under a name as a list of cells; empty where there is no array, or one of mixed types.
 *
 * @param map values by name that are no plain ones
 */
export function elementCells(map: Fragment, key: Fragment): Fragment {
  const cells = letters.map(
    ([letter, { tag }, written]) =>
      sql`startsWith(items[1], ${tag}), arrayMap(item -> concat(${letter}, ${written}), items)`,
  );
  return sql`
    arrayFlatten(arrayMap(
      items -> if(
        arrayUniq(arrayMap(item -> substring(item, 1, 1), items)) = 1,
        multiIf(${join(cells, sql`, `)}, emptyArrayString()),
        emptyArrayString()
      ),
      if(startsWith(${map}[${key}], 'a'), [${elements(sql`substring(${map}[${key}], 2)`)}], [])
    ))
  `;
}

/**
 * The elements of an `ArrayValue`, each still an encoded `AnyValue`. An element begins with the byte 10 and its length, so
 * there are not more elements than such bytes; each step of the fold takes one off the front.
 */
function elements(bytes: Fragment): Fragment {
  const at = (place: number) => sql`reinterpretAsUInt8(substring(walk.1, ${places[place]!}, 1))`;
  const [one, two, three] = [at(2), at(3), at(4)];
  const low = (digit: Fragment) => sql`toUInt32(bitAnd(${digit}, 127))`;
  // Three bytes of length are enough for an element of 2 MiB; the end of a longer one is read as nonsense, not beyond.
  const size = sql`
    multiIf(
      ${one} < 128, ${low(one)},
      ${two} < 128, ${low(one)} + 128 * ${low(two)},
      ${low(one)} + 128 * ${low(two)} + 16384 * ${low(three)}
    )
  `;
  const head = sql`multiIf(${one} < 128, 3, ${two} < 128, 4, 5)`;
  return sql`
    arrayFold(
      (walk, step) -> if(
        walk.1 = '',
        walk,
        (substring(walk.1, ${head} + ${size}), arrayPushBack(walk.2, substring(walk.1, ${head}, ${size})))
      ),
      range(countSubstrings(${bytes}, char(10))),
      (${bytes}, emptyArrayString())
    ).2
  `;
}

const places: Readonly<Record<number, Fragment>> = { 2: sql`2`, 3: sql`3`, 4: sql`4` };
