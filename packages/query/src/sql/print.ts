/**
 * Plan → statement.   before: ../lower.ts   after: ../run.ts
 *
 * Each kind of node adds its clauses to one select; a kind without a printer does not compile.
 *
 * Never knows: how often a plan runs, or what becomes of its rows.
 */
import type { Statement } from '@clew/store';
import type { Place, Plan } from '../plan.ts';
import { conjuncts } from './conjuncts.ts';
import { and, type Fragment, join, print, sql, string, uint32, uint64 } from './fragment.ts';
import { meets } from './needs.ts';
import { startsWithin, startTime, traceIdBytes } from './scan.ts';
import { selections } from './select.ts';

/** The statement of a plan. `Statement.text` depends on the plan's shape only, never on a value in it. */
export function compile(plan: Plan): Statement {
  return print(printClauses(clausesOf(plan)));
}

/** A select as it grows, node by node. */
type Clauses = {
  readonly select: readonly Fragment[];
  readonly from: Fragment;
  readonly where: readonly Fragment[];
  readonly groupBy: readonly Fragment[];
  readonly having: readonly Fragment[];
  readonly orderBy: readonly Fragment[];
  readonly limit: Fragment | null;
  readonly settings: Fragment | null;
};

/**
 * Sets of traces are held against the primary key only while they are small: of many traces some stand in every granule, and
 * to find that out takes ten times as long as to look the rows up.
 */
const manyTraces = sql`use_index_for_in_with_subqueries_max_values = 10000`;

type Printers = {
  readonly [Kind in Plan['kind']]: (node: Extract<Plan, { kind: Kind }>) => Clauses;
};

const printers: Printers = {
  scan: (node) => ({
    select: [],
    from: sql`spans`,
    where: [sql`tenant = ${string(node.tenant)}`, ...startsWithin(node.range)],
    groupBy: [],
    having: [],
    orderBy: [],
    limit: null,
    settings: null,
  }),
  filter: (node) => {
    const input = clausesOf(node.input);
    return { ...input, where: [...input.where, ...conjuncts(node.where)] };
  },
  meet: (node) => {
    const input = clausesOf(node.input);
    return { ...input, where: [...input.where, meets(node)], settings: manyTraces };
  },
  group: (node) => ({ ...clausesOf(node.input), groupBy: [sql`trace_id`] }),
  select: (node) => ({ ...clausesOf(node.input), select: selections[node.row] }),
  order: (node) => {
    const input = clausesOf(node.input);
    return { ...input, orderBy: isGrouped(input) ? traceOrder : spanOrder };
  },
  page: (node) => {
    const input = clausesOf(node.input);
    const paged = { ...input, limit: uint32(node.limit) };
    if (node.after === null) return paged;
    return isGrouped(input)
      ? { ...paged, having: [...input.having, traceAfter(node.after)] }
      : { ...paged, where: [...input.where, spanAfter(node.after)] };
  },
};

function clausesOf(plan: Plan): Clauses {
  const printer = printers[plan.kind] as (node: Plan) => Clauses;
  return printer(plan);
}

function isGrouped(clauses: Clauses): boolean {
  return clauses.groupBy.length > 0;
}

const spanOrder = [sql`ts desc`, sql`trace_id desc`, sql`span_id desc`];
const traceOrder = [sql`max(ts) desc`, sql`trace_id desc`];

function spanAfter({ startNs, traceId, spanId }: Place): Fragment {
  const id = uint64(BigInt(`0x${spanId || '0'}`));
  return sql`(ts, trace_id, span_id) < (${startTime(startNs)}, ${traceIdBytes(traceId)}, ${id})`;
}

function traceAfter({ startNs, traceId }: Place): Fragment {
  return sql`(max(ts), trace_id) < (${startTime(startNs)}, ${traceIdBytes(traceId)})`;
}

function printClauses(clauses: Clauses): Fragment {
  const { select, from, where, groupBy, having, orderBy, limit, settings } = clauses;
  const comma = sql`, `;
  const lines = [
    sql`select\n  ${join(select, sql`,\n`)}`,
    sql`from ${from}`,
    sql`where ${join(where, sql`\n  and `)}`,
    ...(groupBy.length > 0 ? [sql`group by ${join(groupBy, comma)}`] : []),
    ...(having.length > 0 ? [sql`having ${and(having)}`] : []),
    ...(orderBy.length > 0 ? [sql`order by ${join(orderBy, comma)}`] : []),
    ...(limit === null ? [] : [sql`limit ${limit}`]),
    ...(settings === null ? [] : [sql`settings ${settings}`]),
  ];
  return join(lines, sql`\n`);
}
