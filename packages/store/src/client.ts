/**
 * The one client of the engine, embedded or remote: @clickhouse/client against a URL. Sends the
 * limits with every call and turns failures into the errors of errors.ts.
 * Never knows: whether a host process or a cluster answers.
 */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import {
  type ClickHouseClient,
  ClickHouseLogLevel,
  type ClickHouseSettings,
  createClient,
} from '@clickhouse/client';
import {
  EngineUnavailable,
  StatementAborted,
  StatementRefused,
  StatementTimedOut,
} from './errors.ts';
import type {
  Answer,
  ColumnsAnswer,
  ReadFormat,
  ReadOptions,
  RunOptions,
  Statement,
} from './statement.ts';

export type Address = {
  readonly url: string;
  readonly user?: string;
  readonly password?: string;
  readonly database: string;
  /** True where tables are Distributed. */
  readonly isCluster?: boolean;
};

/** What a call without limits of its own gets: migrations, small writes, recovery. */
const commandSecondsMax = 600;
/** An answer is held in memory here and in the engine; rowsMax bounds rows, this bounds wide ones. */
const resultBytesMax = 512 * 1024 * 1024;
/** Beyond the engine's own limit, so that its error, not this one, is what a caller sees. */
const requestMsMax = (commandSecondsMax + 30) * 1000;

export type Client = ReturnType<typeof createEngineClient>;

type JsonAnswer<Data> = {
  meta: { name: string }[];
  data: Data;
  rows: number;
  statistics?: { rows_read: number; bytes_read: number };
};

/** @returns the calls of one address; `close` ends its connections */
export function createEngineClient(address: Address) {
  const client = createClient({
    url: address.url,
    username: address.user ?? 'default',
    password: address.password ?? '',
    database: address.database,
    application: 'clew',
    // Failures are thrown and logged by whoever knows what they mean.
    log: { level: ClickHouseLogLevel.OFF },
    request_timeout: requestMsMax,
    max_open_connections: 64,
    compression: { request: false, response: !isLoopback(address.url) },
    keep_alive: { enabled: true, idle_socket_ttl: 2500 },
    clickhouse_settings: {
      wait_end_of_query: 1,
      output_format_json_quote_64bit_integers: 1,
      // Or a load would be acknowledged while its rows wait in a queue on the node that took them,
      // and the segment is unlinked after its load.
      ...(address.isCluster ? { distributed_foreground_insert: 1 } : {}),
    },
  });

  async function ask<Data>(
    statement: Statement,
    run: RunOptions,
    format: 'JSON' | 'JSONColumnsWithMetadata',
  ) {
    const started = performance.now();
    const text = await guarded(async () => {
      const result = await client.query({
        query: statement.text,
        format,
        query_params: statement.params as Record<string, unknown>,
        clickhouse_settings: limits(run),
        ...(run.signal ? { abort_signal: run.signal } : {}),
      });
      return await result.text();
    }, run.signal);
    const answer = JSON.parse(text) as JsonAnswer<Data>;
    return {
      answer,
      cost: {
        readRows: Number(answer.statistics?.rows_read ?? 0),
        readBytes: Number(answer.statistics?.bytes_read ?? 0),
        elapsedMs: performance.now() - started,
      },
    };
  }

  return {
    async rows<T>(statement: Statement, run: RunOptions): Promise<Answer<T>> {
      const { answer, cost } = await ask<T[]>(statement, run, 'JSON');
      return { rows: answer.data, ...cost };
    },

    async columns(statement: Statement, run: RunOptions): Promise<ColumnsAnswer> {
      const { answer, cost } = await ask<Record<string, unknown[]>>(
        statement,
        run,
        'JSONColumnsWithMetadata',
      );
      // An answer without rows comes without its columns too.
      const columns = Object.fromEntries(
        answer.meta.map(({ name }) => [name, answer.data[name] ?? []]),
      );
      return { columns, rowCount: answer.rows, ...cost };
    },

    async command(
      statement: Statement,
      run: Partial<RunOptions> = {},
      settings: ClickHouseSettings = {},
    ) {
      await guarded(
        () =>
          client.command({
            query: statement.text,
            query_params: statement.params as Record<string, unknown>,
            clickhouse_settings: { ...commandLimits(run), ...settings },
            ...(run.signal ? { abort_signal: run.signal } : {}),
          }),
        run.signal,
      );
    },

    /** The engine's own bytes in one of its formats, for statements whose text comes from a user. */
    async bytes(statement: Statement, run: ReadOptions, format: ReadFormat): Promise<Buffer> {
      return guarded(async () => {
        const result = await client.exec({
          query: `${statement.text}\nformat ${format}`,
          query_params: statement.params as Record<string, unknown>,
          clickhouse_settings: readLimits(run),
          ...(run.signal ? { abort_signal: run.signal } : {}),
        });
        const chunks: Buffer[] = [];
        for await (const chunk of result.stream) chunks.push(chunk as Buffer);
        return Buffer.concat(chunks);
      }, run.signal);
    },

    /**
     * Without a token each call gets one of its own: the engine would otherwise compare contents,
     * and the second of two equal batches (a minute like the last) would vanish. There is no
     * setting that turns this off in every version.
     */
    async insertRows(table: string, rows: readonly object[], token: string = randomUUID()) {
      await guarded(() =>
        client.insert({
          table,
          values: rows as object[],
          format: 'JSONEachRow',
          clickhouse_settings: {
            max_execution_time: commandSecondsMax,
            async_insert: 0,
            insert_deduplicate: 1,
            insert_deduplication_token: token,
          },
        }),
      );
    },

    /** Sends a file as the body of an insert whose text reads from input(). */
    async insertFile(
      statement: Statement,
      path: string,
      settings: ClickHouseSettings,
      signal?: AbortSignal,
    ) {
      await guarded(
        () => sendFile(client, statement, createReadStream(path), settings, signal),
        signal,
      );
    },

    ping: async (): Promise<boolean> => (await client.ping()).success,
    close: () => client.close(),
  };
}

async function sendFile(
  client: ClickHouseClient,
  statement: Statement,
  body: Readable,
  settings: ClickHouseSettings,
  signal?: AbortSignal,
) {
  const sent = await client.exec({
    query: statement.text,
    values: body,
    query_params: statement.params as Record<string, unknown>,
    clickhouse_settings: settings,
    ...(signal ? { abort_signal: signal } : {}),
  });
  for await (const chunk of sent.stream) void chunk;
}

function limits(run: RunOptions): ClickHouseSettings {
  return {
    max_execution_time: run.secondsMax,
    timeout_overflow_mode: 'throw',
    max_result_rows: String(run.rowsMax),
    max_result_bytes: String(resultBytesMax),
    result_overflow_mode: 'throw',
    ...(run.memoryBytesMax ? { max_memory_usage: String(run.memoryBytesMax) } : {}),
    ...(run.threadsMax ? { max_threads: run.threadsMax } : {}),
  };
}

function readLimits(run: ReadOptions): ClickHouseSettings {
  return {
    ...limits(run),
    max_result_bytes: String(run.resultBytesMax),
    max_rows_to_read: String(run.rowsReadMax),
    read_overflow_mode: 'throw',
    // On a cluster, joins and IN of views read their right side once and send it to every shard.
    distributed_product_mode: 'global',
  };
}

function commandLimits(run: Partial<RunOptions>): ClickHouseSettings {
  return {
    max_execution_time: run.secondsMax ?? commandSecondsMax,
    ...(run.memoryBytesMax ? { max_memory_usage: String(run.memoryBytesMax) } : {}),
    ...(run.threadsMax ? { max_threads: run.threadsMax } : {}),
  };
}

async function guarded<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw translated(cause, signal);
  }
}

/** Codes that say "not now" whatever the statement was: overload, shutdown, lost connections. */
const unavailableCodes = new Set([202, 209, 210, 242, 252, 279, 999]);

function translated(cause: unknown, signal?: AbortSignal): Error {
  if (signal?.aborted) return new StatementAborted('the caller went away', { cause });
  const { code, message } = cause as { code?: string; message?: string };
  const number = Number(code);
  if (!Number.isInteger(number)) {
    return new EngineUnavailable(`the engine does not answer: ${message ?? String(cause)}`, {
      cause,
    });
  }
  if (number === 159) return new StatementTimedOut(message, { cause });
  if (unavailableCodes.has(number)) return new EngineUnavailable(message ?? '', { cause });
  return new StatementRefused(number, message ?? '', cause);
}

function isLoopback(url: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname);
}
