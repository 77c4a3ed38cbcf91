/**
 * The statement that counts calls between services per slot of minutes: spans joined with their parents, calls of databases
 * as their callers name them, and calls from outside.
 *
 * Never knows: why a sampling was chosen, what a face calls a label.
 */
import type { Statement } from '@clew/store';
import type { EdgeCountsFilter, EdgeLabel } from '../metrics/counts.ts';
import type { TimeRange } from '../question.ts';
import { and, type Fragment, join, print, sql, string, uint32 } from './fragment.ts';
import { startsWithin } from './scan.ts';
import { nameTests, oneOf, slotOfMinute } from './span-counts.ts';

export type EdgeCountsRead = EdgeCountsFilter & {
  readonly tenant: string;
  /** When the calling span may start. */
  readonly callers: TimeRange;
  /** One whole trace in this many is read. */
  readonly sampling: number;
  readonly limit: number;
};

/** What names a database; the first that is there counts. Today's names come after those that Grafana's links look for. */
const databaseKeys = ['peer.service', 'db.name', 'db.system', 'db.namespace', 'db.system.name'];

const isDatabase = sql`
  (mapContains(attr_str, 'db.system') or mapContains(attr_str, 'db.system.name') or mapContains(attr_str, 'db.name'))
`;

export function edgeCountsStatement(read: EdgeCountsRead): Statement {
  const { by, sampling, durations } = read;
  const label = (name: EdgeLabel) => (by.includes(name) ? columns[name] : sql`''`);
  const times = uint32(sampling);
  const buckets = (ns: Fragment) =>
    durations ? sql`sumMap([${bucketOf(ns)}], [toFloat64(1) * ${times}])` : sql`([], [])`;
  const wanted = [
    ...nameTests(columns.client, read.client),
    ...nameTests(columns.server, read.server),
    ...oneOf(columns.connection, read.connections),
  ];
  return print(sql`
    select
      ${label('client')} as clientLabel,
      ${label('server')} as serverLabel,
      ${label('connection')} as connectionLabel,
      ${slotOfMinute(sql`toUnixTimestamp(started)`, read)} as slot,
      toFloat64(count()) * ${times} as calls,
      toFloat64(countIf(is_failed)) * ${times} as failed,
      sum(client_ns) / 1e9 * ${times} as clientSeconds,
      sum(server_ns) / 1e9 * ${times} as serverSeconds,
      ${buckets(sql`client_ns`)} as clientDurations,
      ${buckets(sql`server_ns`)} as serverDurations
    from (
      ${join([calls(read), databases(read), fromOutside(read)], sql`\nunion all\n`)}
    )
    where ${and([sql`true`, ...wanted])}
    group by clientLabel, serverLabel, connectionLabel, slot
    limit ${uint32(read.limit)}
  `);
}

const columns: Readonly<Record<EdgeLabel, Fragment>> = {
  client: sql`client`,
  server: sql`server`,
  connection: sql`connection`,
};

/** As span_metrics counts durations. */
function bucketOf(ns: Fragment): Fragment {
  return sql`toInt16(floor(8 * log2(greatest(${ns}, 1))))`;
}

/**
 * `any left`: a caller that was sent twice is one caller; a callee without its caller has span id 0 there. `global`: on a
 * cluster the callers are read once, not once per shard.
 */
function calls(read: EdgeCountsRead): Fragment {
  return sql`
    select
      toString(calling.service) as client,
      toString(called.service) as server,
      if(called.kind = 'consumer', 'messaging_system', '') as connection,
      toStartOfMinute(called.ts) as started,
      called.status = 'error' or calling.status = 'error' as is_failed,
      toFloat64(calling.duration_ns) as client_ns,
      toFloat64(called.duration_ns) as server_ns
    from (
      select trace_id, parent_span_id, service, kind, status, duration_ns, ts
      from spans
      where ${sampled(read, read.range)}
        and kind in ('server', 'consumer')
        and parent_span_id != 0
    ) as called
    global any left join (
      select trace_id, span_id, service, status, duration_ns
      from spans
      where ${sampled(read, read.callers)}
        and kind in ('client', 'producer')
    ) as calling on called.trace_id = calling.trace_id and called.parent_span_id = calling.span_id
    where calling.span_id != 0
      and calling.service != called.service
  `;
}

function databases(read: EdgeCountsRead): Fragment {
  const named = databaseKeys.map((key) => sql`nullIf(attr_str[${string(key)}], '')`);
  return sql`
    select
      toString(service) as client,
      coalesce(${join(named, sql`, `)}, 'database') as server,
      'database' as connection,
      toStartOfMinute(ts) as started,
      status = 'error' as is_failed,
      toFloat64(duration_ns) as client_ns,
      toFloat64(duration_ns) as server_ns
    from spans
    where ${sampled(read, read.range)}
      and kind = 'client'
      and ${isDatabase}
  `;
}

function fromOutside(read: EdgeCountsRead): Fragment {
  return sql`
    select
      'user' as client,
      toString(service) as server,
      'virtual_node' as connection,
      toStartOfMinute(ts) as started,
      status = 'error' as is_failed,
      toFloat64(duration_ns) as client_ns,
      toFloat64(duration_ns) as server_ns
    from spans
    where ${sampled(read, read.range)}
      and kind = 'server'
      and parent_span_id = 0
  `;
}

function sampled({ tenant, sampling }: EdgeCountsRead, range: TimeRange): Fragment {
  const all = [sql`tenant = ${string(tenant)}`, ...startsWithin(range)];
  const picked = sql`sipHash64(trace_id) % ${uint32(sampling)} = 0`;
  return and(sampling === 1 ? all : [...all, picked]);
}
