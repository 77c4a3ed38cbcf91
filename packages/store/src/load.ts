/**
 * Loads one segment: fills the one slot of sql/load/spans.sql with the place where the bytes are, a
 * file for the embedded engine and the body of the request for a remote one. No other file knows
 * where the engine is.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ClickHouseSettings } from '@clickhouse/client';
import type { Client } from './client.ts';
import { LoadRefused, StatementRefused } from './errors.ts';
import { sqlText } from './sql-files.ts';
import type { Statement } from './statement.ts';

export type Segment = { readonly id: bigint; readonly path: string; readonly token: string };
export type LoadOptions = {
  readonly signal?: AbortSignal;
  readonly secondsMax?: number;
  /** `spans_restored` is recovery's staging table, to which no view listens. */
  readonly into?: 'spans' | 'spans_restored';
};
export type Loaded = {
  /** Rows of this segment that are in `spans` now, whether this load brought them or an earlier one. */
  readonly rows: number;
  readonly elapsedMs: number;
};

const schema = readFileSync(new URL('../proto/otlp-traces.proto', import.meta.url), 'utf8');
const statement = sqlText('load', 'spans');
const structure = sqlText('load', 'structure');
const counting = sqlText('recover', 'segment_rows');
const source = '$source$';

/** One segment is at most a few hundred MB; a load that takes longer than this is stuck. */
const loadSecondsMax = 300;

/**
 * Refusals that say something about the engine's surroundings, never about the bytes: statement and
 * schema (46, 47, 60, 62, 81, 115, 456, 457), files and disk (74, 75, 76, 107, 243, 425, 1001),
 * limits (158, 160, 173, 241, 307, 396, 439), rights (164, 192–194, 497, 516), shutdown (236, 394),
 * replicas and keeper (225, 254, 285, 286, 319), anything unknown (1002).
 */
const surroundings: ReadonlySet<number> = new Set([
  46, 47, 60, 62, 81, 115, 456, 457, 74, 75, 76, 107, 243, 425, 1001, 158, 160, 173, 241, 307, 396,
  439, 164, 192, 193, 194, 497, 516, 236, 394, 225, 254, 285, 286, 319, 1002,
]);

/**
 * Loads a segment once: repeating it with the same token stores nothing more, in `spans` and in
 * every table fed by a view.
 * @throws LoadRefused when the engine refuses the bytes; EngineUnavailable when it could not tell
 */
export async function loadSegment(
  client: Client,
  place: 'embedded' | 'remote',
  segment: Segment,
  options: LoadOptions = {},
): Promise<Loaded> {
  const started = performance.now();
  const into = options.into ?? 'spans';
  const token = into === 'spans' ? segment.token : randomUUID();
  const settings = loadSettings(token, options.secondsMax ?? loadSecondsMax);
  try {
    if (place === 'embedded') {
      await client.command(
        loadStatement(fileSource(segment.path), segment, into),
        options,
        settings,
      );
    } else {
      const streamed = loadStatement(`input(${literal(structure)})`, segment, into);
      await client.insertFile(withBody(streamed), segment.path, settings, options.signal);
    }
  } catch (cause) {
    if (cause instanceof StatementRefused && !surroundings.has(cause.code)) {
      throw new LoadRefused(cause.code, cause.message, cause);
    }
    throw cause;
  }
  const rows = await segmentRows(client, segment.id, into);
  return { rows, elapsedMs: performance.now() - started };
}

function loadStatement(from: string, segment: Segment, into: string): Statement {
  return {
    text: statement
      .replace('insert into spans (', `insert into ${into} (`)
      .replace(source, () => from),
    params: { segment: segment.id },
  };
}

/** Says in which form the request's body is; only input() needs it. */
function withBody(streamed: Statement): Statement {
  return { ...streamed, text: `${streamed.text}\nformat Protobuf` };
}

function fileSource(path: string): string {
  return `file(${literal(path)}, 'Protobuf', ${literal(structure)})`;
}

async function segmentRows(client: Client, id: bigint, table: string): Promise<number> {
  const text = counting.replace('from spans', `from ${table}`);
  const answer = await client.rows<{ rows: string }>(
    { text, params: { segments: [id] } },
    { secondsMax: 60, rowsMax: 1 },
  );
  return Number(answer.rows[0]?.rows ?? 0);
}

function loadSettings(token: string, secondsMax: number): ClickHouseSettings {
  return {
    insert_deduplication_token: token,
    insert_deduplicate: 1,
    deduplicate_blocks_in_dependent_materialized_views: 1,
    // On by default in this engine, and it would skip deduplication by token.
    async_insert: 0,
    format_schema_source: 'string',
    format_schema: schema,
    format_schema_message_name: 'TracesData',
    input_format_protobuf_oneof_presence: 1,
    // One thread reads and one writes: blocks then form the same way on every repetition, which the
    // token relies on, and a load takes one core only.
    max_threads: 1,
    max_insert_threads: '1',
    // Admission keeps times within a day or so; a spool found after a long pause holds more hours.
    max_partitions_per_insert_block: '1000',
    max_execution_time: secondsMax,
  };
}

function literal(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
