/**
 * Brings a database to the schema of the .sql files: what is missing is created, what is older is
 * migrated. Every step may be repeated, so a crash in the middle is finished by the next start.
 */
import { createHash } from 'node:crypto';
import type { Client } from './client.ts';
import { clusterStatements } from './cluster.ts';
import { sqlOrder, sqlText } from './sql-files.ts';

export type Migration = { readonly version: number; readonly name: string; readonly text: string };

/** The version of a database that was created from the files as they are now. */
const baseline: Migration = { version: 1, name: 'baseline', text: '' };

/** Numbered from 2: `0002_what_it_does.sql`, statements separated by a line holding `;`. */
export function migrationsOnDisk(): Migration[] {
  return sqlOrder('migrations').map((name) => ({
    version: Number.parseInt(name, 10),
    name,
    text: sqlText('migrations', name),
  }));
}

/** Creates the database itself, through a client that stands outside of it. */
export async function createDatabase(client: Client, database: string, cluster?: string) {
  if (!/^[A-Za-z_]\w*$/.test(database)) {
    throw new Error(
      `clickhouse.database is ${JSON.stringify(database)}: a name of letters, digits and _ is needed`,
    );
  }
  const onCluster = cluster ? ` on cluster '${cluster}'` : '';
  await run(client, `create database if not exists ${database}${onCluster}`);
}

export async function migrate(
  client: Client,
  options: { readonly cluster?: string; readonly migrations?: readonly Migration[] } = {},
): Promise<{ applied: string[] }> {
  const migrations = options.migrations ?? migrationsOnDisk();
  await create(client, 'tables', ['schema_version'], options.cluster);
  const done = await appliedVersions(client);
  const isNew = done.size === 0;
  const applied: string[] = [];
  for (const migration of migrations) {
    if (done.has(migration.version)) continue;
    // A new database is created in its present form below; there is nothing to change in it.
    if (!isNew) {
      for (const text of migration.text.split(/^;$/m)) await run(client, text.trim());
      await record(client, migration);
      applied.push(migration.name);
    }
  }
  await create(client, 'tables', sqlOrder('tables'), options.cluster);
  await create(client, 'views', sqlOrder('views'), options.cluster);
  await createUserViews(client, options.cluster);
  if (isNew) for (const step of [...migrations, baseline]) await record(client, step);
  return { applied };
}

async function create(
  client: Client,
  folder: 'tables' | 'views',
  names: readonly string[],
  cluster?: string,
) {
  for (const name of names) {
    const text = sqlText(folder, name);
    const statements = cluster ? clusterStatements(text, cluster) : [text];
    for (const statement of statements) await run(client, statement);
  }
}

/**
 * The views that users' SQL reads. They hold nothing, so one that is not as its file says is made anew,
 * and no migration is ever needed; the digest in a view's comment says which file it was made from.
 * The engine host wants a value for every placeholder it sees; a view keeps its placeholders whatever
 * is sent.
 */
async function createUserViews(client: Client, cluster?: string) {
  const params = { tenant: '', trace: '', since: '1970-01-01', until: '1970-01-01' };
  const on = cluster ? ` on cluster '${cluster}'` : '';
  const made = await madeViews(client);
  for (const name of sqlOrder('user-views')) {
    const text = sqlText('user-views', name).replace(/^create or replace view \w+/, `$&${on}`);
    const digest = createHash('sha256').update(text).digest('hex').slice(0, 32);
    if (made.get(name) === digest) continue;
    await client.command({ text: `${text}\ncomment '${digest}'`, params });
  }
}

async function madeViews(client: Client): Promise<ReadonlyMap<string, string>> {
  const { rows } = await client.rows<{ name: string; comment: string }>(
    {
      text: "select name, comment from system.tables where database = currentDatabase() and engine = 'View'",
      params: {},
    },
    { secondsMax: 60, rowsMax: 10_000 },
  );
  return new Map(rows.map(({ name, comment }) => [name, comment]));
}

async function appliedVersions(client: Client): Promise<Set<number>> {
  const answer = await client.rows<{ version: number }>(
    { text: 'select version from schema_version final', params: {} },
    { secondsMax: 60, rowsMax: 10_000 },
  );
  return new Set(answer.rows.map((row) => Number(row.version)));
}

async function record(client: Client, { version, name }: Migration) {
  const applied = new Date().toISOString().replace('T', ' ').slice(0, 23);
  await client.insertRows('schema_version', [{ version, name, applied }]);
}

function run(client: Client, text: string) {
  return client.command({ text, params: {} });
}
