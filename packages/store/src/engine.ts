/**
 * The engine: ClickHouse, embedded in a supervised child process or remote by URL. One client, one
 * schema and one set of statements for both; only where it runs differs.
 * Never knows: what a question or a request is.
 */
import { join, resolve } from 'node:path';
import { type Address, type Client, createEngineClient } from './client.ts';
import { DataDirectoryTaken, EngineUnavailable } from './errors.ts';
import { type HostAddress, type HostProcess, superviseHost } from './host-process.ts';
import { type Loaded, type LoadOptions, loadSegment, type Segment } from './load.ts';
import { lockDataDirectory } from './lock.ts';
import { createDatabase, migrate } from './schema.ts';
import type {
  Answer,
  ColumnsAnswer,
  Log,
  ReadFormat,
  ReadOptions,
  RunOptions,
  Statement,
} from './statement.ts';

export type EmbeddedPlace = {
  readonly kind: 'embedded';
  /** Clew's data directory; the engine's files are in `engine/` below it. */
  readonly dataDir: string;
  /** Queries that run side by side (4). Loads and small inserts have sessions of their own. */
  readonly sessions?: number;
  readonly memoryBytesMax?: number;
  /** Threads of one query unless it asks for another number (2). */
  readonly threads?: number;
  /** How long past its own limit a user's statement may keep the host before the host is ended (30 s). */
  readonly overdueMs?: number;
};

export type RemotePlace = {
  readonly kind: 'remote';
  readonly url: string;
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
  readonly cluster?: string;
  /** Who runs the statements of users: a user of the server with rights on the `sql_…` views only. */
  readonly reader?: { readonly user: string; readonly password: string };
};

export type EngineOptions = { readonly place: EmbeddedPlace | RemotePlace; readonly log: Log };

export type Engine = {
  readonly place: EmbeddedPlace | RemotePlace;
  state(): 'starting' | 'ready' | 'down';
  /** Process of the embedded engine, when it is up. */
  pid(): number | undefined;
  /** Version of the engine that answered last. */
  version(): string;
  /** Runs a question; 64-bit integers come as strings. */
  rows<T>(statement: Statement, run: RunOptions): Promise<Answer<T>>;
  /** The same as one array per column, cheaper for long results. */
  columns(statement: Statement, run: RunOptions): Promise<ColumnsAnswer>;
  /** Runs a statement that a user wrote and `query` printed anew; bytes in one of the engine's formats. */
  read(statement: Statement, run: ReadOptions, format: ReadFormat): Promise<Buffer>;
  /** Runs a statement without an answer. */
  command(statement: Statement, run?: Partial<RunOptions>): Promise<void>;
  /** Writes a few rows; with a token, repeating the call stores nothing more. */
  insert(table: string, rows: readonly object[], token?: string): Promise<void>;
  /** Loads a segment of frames into `spans`, exactly once per token. See load.ts. */
  load(segment: Segment, options?: LoadOptions): Promise<Loaded>;
  close(): Promise<void>;
};

const database = 'clew';
const MiB = 1024 * 1024;
/** A statement waits this long for a session of the embedded engine. */
const waitMsMax = 20_000;
/** The longest wait for a session, and ten seconds more for the block of rows the engine is in. */
const overdueMs = waitMsMax + 10_000;

/**
 * Starts or reaches the engine and brings its schema up to date.
 * @returns when statements are answered
 * @throws DataDirectoryTaken when another instance holds the directory
 */
export function openEngine(options: EngineOptions): Promise<Engine> {
  return options.place.kind === 'embedded'
    ? openEmbedded(options.place, options.log)
    : openRemote(options.place, options.log);
}

async function openEmbedded(place: EmbeddedPlace, log: Log): Promise<Engine> {
  const dataDir = resolve(place.dataDir);
  refuseGlobs(dataDir);
  const unlock = lockDataDirectory(dataDir);
  let client: Client | undefined;
  let version = '';
  const host: { process?: HostProcess } = {};

  async function connect(address: HostAddress) {
    const at: Address = { url: address.url, user: 'clew', password: address.token, database };
    const outside = createEngineClient({ ...at, database: 'default' });
    await createDatabase(outside, database);
    await outside.close();
    const next = createEngineClient(at);
    const { applied } = await migrate(next);
    if (applied.length > 0) log('info', 'schema migrated', { applied });
    const old = client;
    client = next;
    version = address.version;
    await old?.close();
  }

  try {
    host.process = await superviseHost(hostOptions(place, dataDir), connect, log);
  } catch (error) {
    unlock();
    throw startError(error, dataDir);
  }
  const ready = () => {
    if (!client || host.process?.state() !== 'ready') {
      throw new EngineUnavailable(`the embedded engine is ${host.process?.state() ?? 'starting'}`);
    }
    return client;
  };
  const read: Engine['read'] = (statement, run, format) =>
    withinTime(
      run.secondsMax * 1000 + (place.overdueMs ?? overdueMs),
      () => ready().bytes(statement, run, format),
      () => {
        log('error', 'a statement did not stop at its limit: the engine host is ended', {
          secondsMax: run.secondsMax,
        });
        host.process?.kill();
      },
    );
  return engineOf(place, ready, {
    read,
    state: () => host.process?.state() ?? 'starting',
    pid: () => host.process?.pid(),
    version: () => version,
    async close() {
      await host.process?.stop();
      await client?.close();
      unlock();
    },
  });
}

async function openRemote(place: RemotePlace, log: Log): Promise<Engine> {
  const at = {
    url: place.url,
    isCluster: Boolean(place.cluster),
    ...(place.user ? { user: place.user } : {}),
    ...(place.password ? { password: place.password } : {}),
  };
  const name = place.database || database;
  const outside = createEngineClient({ ...at, database: 'default' });
  await createDatabase(outside, name, place.cluster || undefined);
  const version = await outside.rows<{ v: string }>(
    { text: 'select version() as v', params: {} },
    { secondsMax: 10, rowsMax: 1 },
  );
  await outside.close();
  const client = createEngineClient({ ...at, database: name });
  const { applied } = await migrate(client, place.cluster ? { cluster: place.cluster } : {});
  if (applied.length > 0) log('info', 'schema migrated', { applied });
  const { reader } = place;
  const readerClient = reader
    ? createEngineClient({ ...at, database: name, user: reader.user, password: reader.password })
    : client;
  let state: 'ready' | 'down' = 'ready';
  return engineOf(place, () => client, {
    read: (statement, run, format) => readerClient.bytes(statement, run, format),
    state: () => state,
    pid: () => undefined,
    version: () => version.rows[0]?.v ?? '',
    async close() {
      state = 'down';
      await client.close();
      if (readerClient !== client) await readerClient.close();
    },
  });
}

/** The calls, over whichever client is current: after a restart of the host that is a new one. */
function engineOf(
  place: Engine['place'],
  client: () => Client,
  life: Pick<Engine, 'read' | 'state' | 'pid' | 'version' | 'close'>,
): Engine {
  return {
    place,
    ...life,
    rows: async <T>(statement: Statement, run: RunOptions) => client().rows<T>(statement, run),
    columns: async (statement, run) => client().columns(statement, run),
    command: async (statement, run) => client().command(statement, run),
    insert: async (table, rows, token) => {
      if (rows.length === 0) return;
      await client().insertRows(table, rows, token);
    },
    load: async (segment, options) => loadSegment(client(), place.kind, segment, options),
  };
}

/**
 * The engine looks at its limit between blocks of rows; one block of a user's making may take for
 * ever. Then `overdue` is called, once.
 */
async function withinTime<T>(ms: number, work: () => Promise<T>, overdue: () => void) {
  const timer = setTimeout(overdue, ms);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}

function hostOptions(place: EmbeddedPlace, dataDir: string) {
  const memoryBytesMax = place.memoryBytesMax ?? 2048 * MiB;
  return {
    directory: join(dataDir, 'engine'),
    querySessions: place.sessions ?? 4,
    loadSessions: 2,
    waitingMax: 128,
    waitMsMax,
    bodyBytesMax: 64 * MiB,
    engineArguments: [
      `--max_server_memory_usage=${memoryBytesMax}`,
      `--max_threads=${place.threads ?? 2}`,
      '--async_insert=0',
      // The defaults of these caches are made for servers with much more memory than this one.
      `--mark_cache_size=${256 * MiB}`,
      `--primary_index_cache_size=${128 * MiB}`,
      `--query_condition_cache_size=${32 * MiB}`,
    ],
  };
}

/** file() would take these as patterns, and load every file that matches. */
function refuseGlobs(dataDir: string) {
  if (/[*?{}]/.test(dataDir)) {
    throw new Error(`data_dir is ${dataDir}: a path without * ? { } is needed`);
  }
}

function startError(error: unknown, dataDir: string): unknown {
  if (!/Cannot lock file|Failed to create connection/.test(String(error))) return error;
  return new DataDirectoryTaken(
    `the engine could not open ${join(dataDir, 'engine')}: is another instance using it, and is it writable?`,
    { cause: error },
  );
}
