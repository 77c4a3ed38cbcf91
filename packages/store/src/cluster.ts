/**
 * The cluster form of the schema, generated from the same files: every table becomes a replicated
 * `<name>_local` on each shard and a Distributed table under its own name, so that statements read
 * the same on one node and on many. Views sit on the local tables: a block is derived where it lands.
 * Never knows: whether a cluster is there. No real cluster has run these statements yet; they are
 * compared with golden texts and parsed by the embedded engine.
 */
import type { Statement } from './statement.ts';

/**
 * How rows find their shard. By trace wherever there is one, so that a trace is on one shard and
 * whole-trace questions stay local; tables fed by views are only read through Distributed.
 */
const shardingKeys: Readonly<Record<string, string>> = {
  schema_version: 'sipHash64(version)',
  spans: 'sipHash64(trace_id)',
  trace_ix: 'sipHash64(trace_id)',
  span_metrics: 'sipHash64(service)',
  operations: 'sipHash64(service)',
  attribute_catalogue: 'sipHash64(service)',
  ingest_ledger: 'sipHash64(tenant, minute)',
  service_looks: 'sipHash64(service)',
  pins: 'sipHash64(trace_id)',
};

/**
 * @param text one `create table` or `create materialized view` of sql/tables or sql/views
 * @returns the statements that create it on a cluster, in order
 * @throws when a table has no sharding key, so that a new table cannot be forgotten
 */
export function clusterStatements(text: string, cluster: string): string[] {
  const on = `on cluster '${cluster}'`;
  const view = /^create materialized view if not exists (\w+) to (\w+) as\n/.exec(text);
  if (view) {
    const [head, name, target] = view;
    const select = text.slice(head.length).replace(/\bfrom spans\b/g, 'from spans_local');
    return [
      `create materialized view if not exists ${name} ${on} to ${target}_local as\n${select}`,
    ];
  }
  const table = /^create table if not exists (\w+) \(/.exec(text)?.[1];
  const shardingKey = table && shardingKeys[table];
  if (!shardingKey)
    throw new Error(`no sharding key for ${table ?? text.slice(0, 60)}: add it to cluster.ts`);
  const local = text
    .replace(`if not exists ${table} (`, `if not exists ${table}_local ${on} (`)
    .replace(/^engine = (\w*MergeTree)(\((.*)\))?$/m, (_, engine: string, __, args?: string) =>
      replicated(engine, table, args),
    )
    .replace('non_replicated_deduplication_window', 'replicated_deduplication_window');
  const distributed =
    `create table if not exists ${table} ${on} as ${table}_local\n` +
    `engine = Distributed('${cluster}', currentDatabase(), '${table}_local', ${shardingKey})`;
  return [local, distributed];
}

/**
 * The same statement over two shards that both hold this engine's rows: proves that a statement is
 * planned and merged correctly when its tables are spread, inside one embedded engine. Counts double;
 * whatever is grouped by trace or span must not. It does not stand in for a real cluster.
 * @param database where the tables are
 */
export function onTwoShards(statement: Statement, database = 'clew'): Statement {
  const names = Object.keys(shardingKeys).join('|');
  const text = statement.text.replace(
    new RegExp(`\\b(from|join)(\\s+)(${names})\\b`, 'gi'),
    `$1$2remote('127.0.0.1,localhost', ${database}, $3)`,
  );
  return { ...statement, text };
}

function replicated(engine: string, table: string, args?: string): string {
  const path = `'/clickhouse/tables/{shard}/{database}/${table}_local', '{replica}'`;
  return `engine = Replicated${engine}(${args ? `${path}, ${args}` : path})`;
}
