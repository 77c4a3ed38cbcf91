/**
 * What an operator may set about receiving and keeping spans, and how it becomes options.
 *
 * One table: flags, environment variables, `--help` and the reference page are made from it.
 * Never knows: where a value came from.
 */
import { join, resolve } from 'node:path';
import { type Listener, listeners } from '@clew/translate';
import { checkWalkLimits, type WalkLimits, walkLimits } from '@clew/wire';
import { type Destination, readDestinations } from './forward/destinations.ts';
import { forwardSettings } from './forward/settings.ts';
import { type KafkaOptions, kafkaOptions, kafkaSettings } from './kafka/settings.ts';
import { type SamplingOptions, samplingOptions, samplingSettings } from './sampling/settings.ts';
import { watchOptions, watchSettings } from './watch/settings.ts';
import type { WatchOptions } from './watch/watch.ts';

/** The shape every package's table of settings has; durations are milliseconds, sizes bytes. */
export interface Setting {
  readonly key: string;
  readonly type:
    | 'string'
    | 'int'
    | 'number'
    | 'bytes'
    | 'duration'
    | 'bool'
    | 'choice'
    | 'listen'
    | 'map'
    | 'list';
  readonly choices?: readonly string[];
  readonly default: string | number | boolean;
  readonly min?: number;
  readonly max?: number;
  /** What an entry of a `list` may hold. */
  readonly items?: readonly Setting[];
  /** The value is never printed or logged. */
  readonly isSecret?: boolean;
  readonly says: string;
}

const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

export const collectorSettings: readonly Setting[] = [
  ...listeners.map(listenSetting),
  {
    key: 'spool.sync',
    type: 'choice',
    choices: ['always', 'interval', 'never'],
    default: 'interval',
    says: 'when acknowledged bytes reach the disk: before every answer, every spool.sync_interval, or when the operating system likes; kill -9 loses nothing under any of them, power loss does under the last two',
  },
  {
    key: 'spool.sync_interval',
    type: 'duration',
    default: 100,
    min: 1,
    max: MINUTE,
    says: 'time between two syncs under spool.sync interval: what power loss can take',
  },
  {
    key: 'spool.bytes_max',
    type: 'bytes',
    default: 4 * GiB,
    min: 64 * KiB,
    says: 'acknowledged bytes that may wait for the engine; beyond it senders are told to retry',
  },
  {
    key: 'spool.disk_free_min',
    type: 'bytes',
    default: 256 * MiB,
    min: 0,
    says: 'free disk below which senders are told to retry',
  },
  {
    key: 'spool.segment_bytes',
    type: 'bytes',
    // 40 MiB is about 100,000 spans, the cheapest load per span that was measured.
    default: 40 * MiB,
    min: 64 * KiB,
    max: 128 * MiB,
    says: 'a segment is sealed and loaded when it reaches this size',
  },
  {
    key: 'spool.seal_after',
    type: 'duration',
    default: 1 * SECOND,
    min: 10,
    max: HOUR,
    says: 'a segment is sealed and loaded when it reaches this age; with its load and a search it is what searchable within 2 s is made of',
  },
  {
    key: 'spool.loaded_kept_for',
    type: 'duration',
    default: 10 * MINUTE,
    min: 0,
    says: 'loaded segments stay on disk this long, so that a damaged part can be loaded again',
  },
  {
    key: 'spool.loaded_bytes_max',
    type: 'bytes',
    default: 512 * MiB,
    min: 0,
    says: 'the most that loaded segments may take on disk; the oldest leave first',
  },
  {
    key: 'receive.body_bytes_max',
    type: 'bytes',
    // The OTLP specification recommends 64 MiB, measured before and after decompression.
    default: 64 * MiB,
    min: KiB,
    max: 256 * MiB,
    says: 'largest request, before and after decompression',
  },
  {
    key: 'receive.in_flight_bytes_max',
    type: 'bytes',
    default: 256 * MiB,
    min: MiB,
    says: 'bytes of all requests in memory at once; beyond it senders are told to retry',
  },
  {
    key: 'receive.body_timeout',
    type: 'duration',
    default: 30 * SECOND,
    min: 10,
    says: 'time in which a whole request must have arrived',
  },
  {
    key: 'receive.header_timeout',
    type: 'duration',
    default: 10 * SECOND,
    min: 10,
    says: 'time in which the headers of a request must have arrived',
  },
  {
    key: 'receive.connections_max',
    type: 'int',
    default: 4096,
    min: 1,
    says: 'open connections per listener',
  },
  {
    key: 'receive.connections_per_address_max',
    type: 'int',
    default: 3072,
    min: 1,
    says: 'open connections per listener from one address',
  },
  {
    key: 'receive.cors_origins',
    type: 'string',
    default: '',
    says: 'browser origins that may send OTLP/HTTP, exact, separated by commas; empty means none',
  },
  {
    key: 'receive.repeat_window',
    type: 'duration',
    default: 10 * MINUTE,
    min: 0,
    says: 'a request sent again within this time is acknowledged without being stored again',
  },
  {
    key: 'receive.repeat_requests_max',
    type: 'int',
    default: 131_072,
    min: 2,
    says: 'requests that are remembered for recognising repeats',
  },
  {
    key: 'receive.attributes_max',
    type: 'int',
    default: 128,
    min: 2,
    max: 1000,
    says: 'attributes kept per span; more are cut, counted and marked on the span',
  },
  {
    key: 'receive.value_bytes_max',
    type: 'bytes',
    default: 32 * KiB,
    min: 256,
    max: MiB,
    says: 'longest attribute value; longer ones are cut, counted and marked on the span',
  },
  {
    key: 'hot_window',
    type: 'duration',
    default: 24 * HOUR,
    min: HOUR,
    // 96 hourly partitions: an insert into more than 100 fails.
    max: 96 * HOUR,
    says: 'every span is kept this long; start times further back are moved to its edge and marked',
  },
  ...forwardSettings,
  ...kafkaSettings,
  ...watchSettings,
  ...samplingSettings,
];

function listenSetting({ name, port, says }: Listener): Setting {
  return { key: `listen.${name}`, type: 'listen', default: `127.0.0.1:${port}`, says };
}

export type SyncPolicy = 'always' | 'interval' | 'never';

/** The same as above, in the form the code wants. */
export interface CollectorOptions {
  /** Listener → `host:port`, `off` or `false`. */
  readonly listen: Readonly<Record<string, string>>;
  readonly spool: SpoolOptions;
  readonly receive: ReceiveOptions;
  readonly forward: readonly Destination[];
  readonly kafka: KafkaOptions;
  readonly watch: WatchOptions;
  readonly sampling: SamplingOptions;
}

export interface SpoolOptions {
  readonly dir: string;
  readonly sync: SyncPolicy;
  readonly syncIntervalMs: number;
  readonly bytesMax: number;
  readonly diskFreeMin: number;
  readonly segmentBytes: number;
  readonly sealAfterMs: number;
  readonly loadedKeptForMs: number;
  readonly loadedBytesMax: number;
}

export interface ReceiveOptions {
  readonly bodyBytesMax: number;
  readonly inFlightBytesMax: number;
  readonly bodyTimeoutMs: number;
  readonly headerTimeoutMs: number;
  readonly connectionsMax: number;
  readonly connectionsPerAddressMax: number;
  readonly corsOrigins: ReadonlySet<string>;
  readonly repeatWindowMs: number;
  readonly repeatRequestsMax: number;
  readonly walk: WalkLimits;
}

/** Values by key: `data_dir` is needed, everything else falls back to the table's default. */
export type SettingValues = Readonly<Record<string, string | number | boolean | undefined>>;

/** Turns resolved setting values into options. Throws where two values contradict each other. */
export function collectorOptions(values: SettingValues): CollectorOptions {
  const read = (key: string) => values[key] ?? defaults.get(key);
  const text = (key: string) => String(read(key) ?? '');
  const count = (key: string) => Number(read(key));
  if (text('data_dir') === '') {
    throw new Error('data_dir: found nothing, wanted the path of a folder');
  }
  // The engine reads segments from a working directory of its own.
  const dataDir = resolve(text('data_dir'));
  const options: CollectorOptions = {
    listen: Object.fromEntries(listeners.map(({ name }) => [name, text(`listen.${name}`)])),
    spool: {
      dir: join(dataDir, 'spool'),
      sync: text('spool.sync') as SyncPolicy,
      syncIntervalMs: count('spool.sync_interval'),
      bytesMax: count('spool.bytes_max'),
      diskFreeMin: count('spool.disk_free_min'),
      segmentBytes: count('spool.segment_bytes'),
      sealAfterMs: count('spool.seal_after'),
      loadedKeptForMs: count('spool.loaded_kept_for'),
      loadedBytesMax: count('spool.loaded_bytes_max'),
    },
    receive: {
      bodyBytesMax: count('receive.body_bytes_max'),
      inFlightBytesMax: count('receive.in_flight_bytes_max'),
      bodyTimeoutMs: count('receive.body_timeout'),
      headerTimeoutMs: count('receive.header_timeout'),
      connectionsMax: count('receive.connections_max'),
      connectionsPerAddressMax: count('receive.connections_per_address_max'),
      corsOrigins: origins(text('receive.cors_origins')),
      repeatWindowMs: count('receive.repeat_window'),
      repeatRequestsMax: count('receive.repeat_requests_max'),
      walk: {
        ...walkLimits,
        attributesPerSpan: count('receive.attributes_max'),
        valueBytes: count('receive.value_bytes_max'),
        pastMs: count('hot_window'),
      },
    },
    forward: readDestinations(read, process.env),
    kafka: kafkaOptions(read, process.env),
    watch: watchOptions(read, join(dataDir, 'spool'), count('receive.body_bytes_max')),
    sampling: samplingOptions(read),
  };
  checkRelations(options);
  return options;
}

const defaults: ReadonlyMap<string, string | number | boolean> = new Map(
  collectorSettings.map((setting) => [setting.key, setting.default]),
);

function origins(list: string): ReadonlySet<string> {
  return new Set(
    list
      .split(',')
      .map((origin) => origin.trim())
      .filter((origin) => origin !== ''),
  );
}

/** What must hold between values that are each fine alone. */
function checkRelations({ spool, receive, forward }: CollectorOptions): void {
  checkWalkLimits(receive.walk);
  if (receive.inFlightBytesMax < receive.bodyBytesMax) {
    throw new Error(
      `receive.in_flight_bytes_max: found ${receive.inFlightBytesMax}, wanted at least receive.body_bytes_max (${receive.bodyBytesMax}), or the largest request could never be taken`,
    );
  }
  if (spool.bytesMax < spool.segmentBytes) {
    throw new Error(
      `spool.bytes_max: found ${spool.bytesMax}, wanted at least spool.segment_bytes (${spool.segmentBytes}), or no segment could ever fill`,
    );
  }
  const tight = forward.find(({ bytesMax }) => bytesMax < spool.segmentBytes);
  if (tight !== undefined) {
    throw new Error(
      `forward destination ${tight.name}: found bytes_max ${tight.bytesMax}, wanted at least spool.segment_bytes (${spool.segmentBytes}), or a full segment could never be delivered`,
    );
  }
}
