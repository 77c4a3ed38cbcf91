/**
 * Counts of spans and of calls between services, minute by minute, for faces that show them as counters: from
 * `span_metrics`, and from spans joined with their parents.   before: query.ts   after: sql/span-counts.ts, sql/edge-counts.ts
 *
 * Never knows: what a face calls a label, rates, SQL.
 */
import type { KindName, StatusName } from '@clew/traceql';
import type { Ask } from '../ask.ts';
import { QuestionError } from '../errors.ts';
import type { TimeRange } from '../question.ts';
import type { DurationCounts } from '../red.ts';
import { spanCountStatement } from '../sql/dependencies.ts';
import { edgeCountsStatement } from '../sql/edge-counts.ts';
import { spanCountsStatement } from '../sql/span-counts.ts';

/** A test of a name. Patterns are RE2 and must match the whole name. */
export type NameTest = {
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
};

/** Whole minutes, cut into slots of equal length that are numbered from 0. */
export type Slots = { readonly range: TimeRange; readonly slotMinutes: number };

export type SpanLabel = 'service' | 'name' | 'kind' | 'status';

export type SpanCountsFilter = Slots & {
  /** What is told apart; the rest is added up. */
  readonly by: readonly SpanLabel[];
  readonly service?: readonly NameTest[];
  readonly name?: readonly NameTest[];
  readonly kinds?: readonly KindName[];
  readonly statuses?: readonly StatusName[];
  /** Whether durations are counted too. */
  readonly durations: boolean;
};

/** A slot in which nothing was counted has no row. What is not told apart is ''. */
export type SpanCount = {
  readonly service: string;
  readonly name: string;
  readonly kind: KindName | '';
  readonly status: StatusName | '';
  readonly slot: number;
  readonly spans: number;
  readonly seconds: number;
  readonly durations: DurationCounts;
};

/** @throws QuestionError `bad-step`, `too-many-series` */
export async function countSpans(
  ask: Ask,
  filter: SpanCountsFilter,
): Promise<readonly SpanCount[]> {
  checkSlots(filter);
  const { tenant, limits } = ask;
  const rows = await ask.run.rows<SpanCountRow>(
    spanCountsStatement({ ...filter, tenant, limit: limits.rowsMax }),
  );
  return checkRows(ask, rows).map(
    ({ serviceLabel, nameLabel, kindLabel, statusLabel, ...row }) => ({
      ...row,
      service: serviceLabel,
      name: nameLabel,
      kind: kindLabel,
      status: statusLabel,
    }),
  );
}

type SpanCountRow = Omit<SpanCount, SpanLabel> & {
  readonly serviceLabel: string;
  readonly nameLabel: string;
  readonly kindLabel: KindName | '';
  readonly statusLabel: StatusName | '';
};

/**
 * How two services are connected: by a call, a message, one to a database as the caller names it, or, `virtual_node`, from
 * outside: then the client is "user".
 */
export type Connection = '' | 'messaging_system' | 'database' | 'virtual_node';

export type EdgeLabel = 'client' | 'server' | 'connection';

export type EdgeCountsFilter = Slots & {
  readonly by: readonly EdgeLabel[];
  readonly client?: readonly NameTest[];
  readonly server?: readonly NameTest[];
  readonly connections?: readonly Connection[];
  readonly durations: boolean;
};

/** Times are those of the called span; a call failed when either of its spans did. */
export type EdgeCount = {
  readonly client: string;
  readonly server: string;
  readonly connection: Connection;
  readonly slot: number;
  readonly calls: number;
  readonly failed: number;
  readonly clientSeconds: number;
  readonly serverSeconds: number;
  readonly clientDurations: DurationCounts;
  readonly serverDurations: DurationCounts;
};

export type EdgeCounts = {
  readonly edges: readonly EdgeCount[];
  /** 1: every trace was counted; n: one trace in n was, and the counts are n times what was found. */
  readonly sampling: number;
};

/** Spans that are joined with their callers: a second on one core. */
const joinedSpansMost = 1_000_000;

/** A caller starts before its callee: callers are looked for this much earlier than the range. */
const callerLeadNs = 15n * 60_000_000_000n;

/** @throws QuestionError `bad-step`, `too-many-series` */
export async function countEdges(ask: Ask, filter: EdgeCountsFilter): Promise<EdgeCounts> {
  checkSlots(filter);
  const { tenant, limits, run } = ask;
  const { fromNs, toNs } = filter.range;
  const callers = { fromNs: fromNs > callerLeadNs ? fromNs - callerLeadNs : 0n, toNs };
  const [count] = await run.rows<{ spans: number }>(spanCountStatement(tenant, callers));
  const share = (count?.spans ?? 0) / joinedSpansMost;
  const sampling = share <= 1 ? 1 : 2 ** Math.ceil(Math.log2(share));
  const read = { ...filter, tenant, callers, sampling, limit: limits.rowsMax };
  const rows = await run.rows<EdgeCountRow>(edgeCountsStatement(read));
  const edges = checkRows(ask, rows).map(
    ({ clientLabel, serverLabel, connectionLabel, ...row }): EdgeCount => ({
      ...row,
      client: clientLabel,
      server: serverLabel,
      connection: connectionLabel,
    }),
  );
  return { edges, sampling };
}

type EdgeCountRow = Omit<EdgeCount, EdgeLabel> & {
  readonly clientLabel: string;
  readonly serverLabel: string;
  readonly connectionLabel: Connection;
};

const minuteNs = 60_000_000_000n;

function checkSlots({ range, slotMinutes }: Slots): void {
  const { fromNs, toNs } = range;
  const isWhole = fromNs % minuteNs === 0n && toNs % minuteNs === 0n && fromNs < toNs;
  if (isWhole && Number.isInteger(slotMinutes) && slotMinutes >= 1) return;
  throw new QuestionError('bad-step', { found: String(slotMinutes) });
}

function checkRows<Row>({ limits }: Ask, rows: readonly Row[]): readonly Row[] {
  if (rows.length < limits.rowsMax) return rows;
  throw new QuestionError('too-many-series', { max: `${limits.rowsMax}` });
}
