/**
 * What the trace of a candidate must have besides it, as conditions on its id: other spans, and pairs of spans that stand
 * in a relation.
 *
 * All of this only narrows down: what it lets through is evaluated over whole traces. So a pair may be a pair that is none
 * (ids repeated within a trace, chains cut in circles), never the reverse.
 *
 * Never knows: pages, order.
 */
import type { Needs, Pair, Where } from '../plan.ts';
import type { TimeRange } from '../question.ts';
import { conjuncts } from './condition.ts';
import { and, type Fragment, join, or, sql, string } from './fragment.ts';
import { minutesWithin, startTime } from './scan.ts';

export type NeedsRead = Needs & { readonly tenant: string; readonly range: TimeRange };

const minuteNs = 60_000_000_000n;

/** How far around a window the other spans of its traces are looked for: most traces are shorter than a minute. */
const aroundNs = minuteNs;

/**
 * The needs are met by spans near the range; or the trace reaches beyond, by `trace_ix`, where nobody looked: such a trace
 * may pass. A row of `trace_ix` is about some spans of a trace, hence its rows are compared one by one with the range and
 * with what is around it.
 */
export function meets({ tenant, range, alsoHas, related, child }: NeedsRead): Fragment {
  const tenantIs = sql`tenant = ${string(tenant)}`;
  const [from, to] = [
    startTime(range.fromNs > aroundNs ? range.fromNs - aroundNs : 0n),
    startTime(range.toNs + aroundNs),
  ];
  const near: Near = (where) => join([tenantIs, minutesWithin(from, to), ...where], sql`\n  and `);
  const needs = [
    ...(child === null ? [] : [isBelow(child, near)]),
    ...alsoHas.map((where) => hasSpan(where, near)),
    ...related.map((pair) => hasPair[pair.relation](pair, near)),
  ];
  return sql`
    (
      ${join(needs, sql`\nand `)}
      or trace_id global in (
        select trace_id
        from trace_ix
        where ${tenantIs}
          and (start < toStartOfMinute(${from}) or end > ${to})
          and trace_id global in (
            select trace_id
            from trace_ix
            where ${tenantIs}
              and start <= ${startTime(range.toNs)}
              and end >= toStartOfMinute(${startTime(range.fromNs)})
          )
      )
    )
  `;
}

/** The spans near the range of which some conditions hold, as the conditions of a select. */
type Near = (where: readonly Fragment[]) => Fragment;

function partsOf(where: Where): readonly Fragment[] {
  return where === null ? [] : conjuncts(where);
}

/** Where a condition must be one operand among others. */
function wholeOf(where: Where): Fragment {
  return sql`(${and(partsOf(where))})`;
}

function hasSpan(where: Where, near: Near): Fragment {
  return sql`
    trace_id global in (
      select trace_id
      from spans
      where ${near(partsOf(where))}
    )
  `;
}

const hasPair: Readonly<Record<Pair['relation'], (pair: Pair, near: Near) => Fragment>> = {
  '>': (pair, near) => sql`
    trace_id global in (
      select trace_id
      from spans
      where ${near([...partsOf(pair.lower), isBelow(pair, near)])}
    )
  `,
  '>>': hasDescendant,
  '~': hasSiblings,
  '!>': (pair, near) => hasLowerAlone(pair, near, true),
  '!>>': (pair, near) => hasLowerAlone(pair, near, false),
  '!<': (pair, near) => hasUpperAlone(pair, near, true),
  '!<<': (pair, near) => hasUpperAlone(pair, near, false),
};

/** A span's id within its trace as a number, and whether it is a server's. */
function key(id: Fragment, isServer: Fragment): Fragment {
  return sql`cityHash64(trace_id, ${id}, toUInt8(${isServer}))`;
}

/**
 * The row's parent is an upper span: the span that has the parent id; or, for a server that shares its id with a client
 * (Zipkin), that client. A set of numbers, because a set of ids would take several times the memory.
 */
function isBelow({ upper }: Pair, near: Near): Fragment {
  const parent = sql`parent_span_id`;
  const [ofServer, ofOther] = [key(parent, sql`1`), key(parent, sql`0`)];
  const twin = sql`if(kind = 'server', ${key(sql`span_id`, sql`0`)}, ${ofOther})`;
  return sql`
    arrayExists(id -> id global in (
      select ${key(sql`span_id`, sql`kind = 'server'`)}
      from spans
      where ${near(partsOf(upper))}
    ), [${ofServer}, ${ofOther}, ${twin}])
  `;
}

/** Groups of spans of one parent id that hold one of each and more than one span. */
function hasSiblings({ upper, lower }: Pair, near: Near): Fragment {
  const [one, other] = [wholeOf(upper), wholeOf(lower)];
  return sql`
    trace_id global in (
      select trace_id
      from spans
      where ${near([or([one, other]), hasBoth(upper, partsOf(lower), near)])}
      group by trace_id, parent_span_id
      having countIf(${one}) > 0 and countIf(${other}) > 0 and count() > 1
    )
  `;
}

/** Makes the groups below few when either side is rare, and lets the skip indexes of both work. */
function hasBoth(upper: Where, lower: readonly Fragment[], near: Near): Fragment {
  const also = upper === null ? [] : [hasSpan(upper, near)];
  return sql`
    trace_id global in (
      select trace_id
      from spans
      where ${near([...lower, ...also])}
    )
  `;
}

/**
 * The row is below some span: it has a parent id, or is a server that shares its id with a client (Zipkin), which may leave
 * the parent id out. Rules out a side that is of roots alone, before any trace is walked.
 */
function isBelowSome(lower: Where, near: Near): Fragment {
  const isRoot = [sql`kind = 'server'`, sql`parent_span_id = 0`];
  const roots = sql`select span_id from spans where ${near([...partsOf(lower), ...isRoot])}`;
  return sql`
    (parent_span_id != 0 or kind = 'server' and span_id global in (
      select span_id
      from spans
      where ${near([sql`kind != 'server'`, sql`span_id global in (${roots})`])}
    ))
  `;
}

/**
 * Spans of each trace as arrays, parents as places in them: `above[3]` is where the parent of the third span stands, or 0.
 * `arrayEnumerateDense` finds the places in one pass: an id that is there has the number of its place, any other a greater
 * one; where an id is repeated, the number of the last span is less than its place. Walks copy the array of parents for
 * each of its elements, so arrays are cut at 128 places and blocks are small; a trace that was cut or repeats an id passes,
 * and so does one whose walk does not end: it is deep, or goes in a circle.
 */
function walked(
  { upper, lower }: Pair,
  near: Fragment,
  steps: { readonly walk: Fragment; readonly passes: Fragment },
): Fragment {
  return sql`
    trace_id global in (
      with
        groupArray(128)(span_id) as ids,
        groupArray(128)(parent_span_id) as parent_ids,
        groupArray(128)(toUInt8(${wholeOf(upper)})) as uppers,
        groupArray(128)(toUInt8(${wholeOf(lower)})) as lowers,
        arrayEnumerateDense(arrayConcat(ids, parent_ids)) as numbers,
        arrayMap(
          number -> toUInt8(if(number > length(ids), 0, number)),
          arraySlice(numbers, length(ids) + 1)
        ) as above,
        ${steps.walk}
      select trace_id
      from spans
      where ${near}
      group by trace_id
      having ${steps.passes}
        or count() > 128
        or numbers[length(ids)] != length(ids)
      settings max_block_size = 8192
    )
  `;
}

/** From all lower spans upwards at once, at most 12 levels: where the walk stands in the end, and where it came by. */
const fromLower = sql`
  arrayFold(
    (walk, level) -> (
      arrayFilter(place -> place > 0, arrayMap(place -> above[place], walk.1)),
      arrayConcat(walk.2, walk.1)
    ),
    range(12),
    (
      arrayFilter(place -> place > 0, arrayMap((place, is) -> toUInt8(place * is), above, lowers)),
      emptyArrayUInt8()
    )
  ) as walked
`;

/**
 * Of every span, whether an upper one is above it. Each round looks twice as far as the one before: four reach 16 levels.
 * (Written out as four expressions this is no quicker to run, and ten times slower to plan.)
 */
const aboveEach = sql`
  arrayFold(
    (walk, round) -> (
      arrayMap(place -> walk.1[place], walk.1),
      arrayMap((place, is) -> greatest(is, walk.2[place]), walk.1, walk.2)
    ),
    range(4),
    (above, arrayMap(place -> uppers[place], above))
  ) as walked
`;

/** The walk of `aboveEach` does not end. */
const goesOn = sql`arrayExists(place -> place > 0, walked.1)`;

function hasDescendant(pair: Pair, near: Near): Fragment {
  const below = [...partsOf(pair.lower), isBelowSome(pair.lower, near)];
  return walked(pair, near([hasBoth(pair.upper, below, near)]), {
    walk: aboveEach,
    passes: sql`arrayExists((is, found) -> is and found, lowers, walked.2) or ${goesOn}`,
  });
}

/** A lower span that is below no upper one; `isNext`: that is no child of one. */
function hasLowerAlone(pair: Pair, near: Near, isNext: boolean): Fragment {
  const found = isNext ? sql`arrayMap(place -> uppers[place], above)` : sql`walked.2`;
  return walked(pair, near([hasSpan(pair.lower, near)]), {
    walk: aboveEach,
    passes: sql`
      arrayExists((is, found) -> is and not found, lowers, ${found})
      or ${goesOn}
    `,
  });
}

/** An upper span that is above no lower one; `isNext`: that is the parent of none. */
function hasUpperAlone(pair: Pair, near: Near, isNext: boolean): Fragment {
  const met = isNext
    ? sql`arrayMap((place, is) -> toUInt8(place * is), above, lowers)`
    : sql`walked.2`;
  return walked(pair, near([hasSpan(pair.upper, near)]), {
    walk: fromLower,
    passes: sql`
      arrayExists((is, place) -> is and not has(${met}, place), uppers, arrayEnumerate(uppers))
      or notEmpty(walked.1)
    `,
  });
}
