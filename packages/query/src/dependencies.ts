/**
 * Which services call which, counted from the spans of a time range.   before: query.ts   after: sql/dependencies.ts
 *
 * A call is a span whose parent belongs to another service. The join of spans with themselves holds one side in memory,
 * so a range with more spans than fit is answered from whole traces picked evenly, and says so.
 *
 * Never knows: SQL.
 */
import type { Ask } from './ask.ts';
import type { TimeRange } from './question.ts';
import type { Took } from './results.ts';
import { dependenciesStatement, spanCountStatement } from './sql/dependencies.ts';

export type Dependency = {
  readonly parent: string;
  readonly child: string;
  readonly calls: number;
  /** Calls whose callee's span has status error. */
  readonly errors: number;
};

export type Dependencies = {
  /** Most calls first. */
  readonly links: readonly Dependency[];
  /** 1: every trace was counted; n: one trace in n was, and the counts are n times what was found. */
  readonly sampling: number;
  /** False when there are more pairs of services than are given. */
  readonly complete: boolean;
  readonly took: Took;
};

/** The joined side takes about 100 bytes a span; 2 million fit into `query.memory_bytes_max` (512 MiB) twice. */
const joinedSpansMax = 2_000_000;

/** Pairs of services; a drawing of more than this helps nobody. */
const linksMax = 10_000;

/** A caller starts before its callee: parents are looked for this much earlier than the range. */
const parentLeadNs = 15n * 60_000_000_000n;

/** Counts what starts within the range. */
export async function findDependencies(ask: Ask, range: TimeRange): Promise<Dependencies> {
  const { run, tenant } = ask;
  const early = range.fromNs > parentLeadNs ? range.fromNs - parentLeadNs : 0n;
  const parents = { fromNs: early, toNs: range.toNs };
  const [count] = await run.rows<{ spans: number }>(spanCountStatement(tenant, parents));
  const sampling = samplingOf(count?.spans ?? 0);
  const read = { tenant, range, parents, sampling, limit: linksMax + 1 };
  const rows = await run.rows<Dependency>(dependenciesStatement(read));
  const links = rows.slice(0, linksMax);
  return { links, sampling, complete: rows.length <= linksMax, took: run.took() };
}

/** The power of two that leaves few enough spans. */
export function samplingOf(spans: number): number {
  return spans <= joinedSpansMax ? 1 : 2 ** Math.ceil(Math.log2(spans / joinedSpansMax));
}
