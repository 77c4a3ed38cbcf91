/**
 * What the trace of a candidate must have besides it, as conditions on its id: other spans, and pairs of spans that stand
 * in a relation.
 *
 * All of this only narrows down: what it lets through is evaluated over whole traces. So a pair may be a pair that is none
 * (ids repeated within a trace, chains cut in circles), never the reverse.
 *
 * Never knows: pages, order.
 */
import type { Needs, Pair, Shape, Where } from '../plan.ts';
import type { TimeRange } from '../question.ts';
import { conjuncts } from './conjuncts.ts';
import { type Fragment, join, or, sql, string } from './fragment.ts';
import { minutesWithin, startTime } from './scan.ts';
import { selects, wholeOf } from './shape.ts';

export type NeedsRead = Needs & { readonly tenant: string; readonly range: TimeRange };

const minuteNs = 60_000_000_000n;

/** How far around a window the other spans of its traces are looked for: most traces are shorter than a minute. */
const aroundNs = minuteNs;

/**
 * The needs are met by spans near the range; or the trace reaches beyond, by `trace_ix`, where nobody looked: such a trace
 * may pass. A row of `trace_ix` is about some spans of a trace, hence its rows are compared one by one with the range and
 * with what is around it.
 */
export function meets({ tenant, range, alsoHas, related, child, shape }: NeedsRead): Fragment {
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
    ...(shape === null ? [] : [hasShape(shape, near)]),
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

function hasDescendant({ upper, lower }: Pair, near: Near): Fragment {
  const below = [...partsOf(lower), isBelowSome(lower, near)];
  const [left, right] = [upper, lower].map((where) => ({ kind: 'filter', where }) as const);
  const pair = { kind: 'spanset-binary', operator: '>>', left: left!, right: right! } as const;
  return selects(pair, near([hasBoth(upper, below, near)]));
}

function hasShape({ of, among }: Shape, near: Near): Fragment {
  return selects(of, near(among === null ? [] : [hasSpan(among, near)]));
}
