/**
 * What the composition root hands to the faces. Structural, so that no floor below is imported.
 *
 * Never knows: how any of the parts work.
 */
import type { Query } from '@clew/query';
import type { ApiSettings } from './settings.ts';

export type Log = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  fields?: Record<string, unknown>,
) => void;

export type EngineState = 'starting' | 'ready' | 'down';

export type EngineView = { state(): EngineState };

export type CollectorView = {
  /** Resolves when everything acknowledged before the call can be queried. */
  sealAndLoad(): Promise<void>;
  /** Whether spans of a trace (16 bytes) may be acknowledged but not loaded yet. */
  holds?(traceId: Uint8Array): Promise<boolean>;
  stats(): {
    /** Acknowledged since the start of the process. */
    readonly acceptedSpans: number;
    readonly spansPerSecond: number;
    /** Acknowledged bytes that the engine has not taken, in sealed segments and in all. */
    readonly spoolBytes: number;
    readonly openSegmentBytes: number;
    /** Where received spans also go; absent or empty when nowhere. */
    readonly forward?: readonly DestinationView[];
    /** Absent when nothing is received from Kafka. */
    readonly kafka?: KafkaView | undefined;
  };
};

export type DestinationView = {
  readonly name: string;
  readonly protocol: string;
  readonly endpoint: string;
  readonly isUp: boolean;
  readonly failure: string;
  readonly waitingBytes: number;
  readonly lagMs: number;
  readonly sentSpans: number;
  readonly droppedSpans: ReadonlyMap<string, number>;
};

export type KafkaView = {
  readonly isUp: boolean;
  readonly failure: string;
  readonly messages: number;
  readonly poison: number;
};

/** A row of a package's metrics table with its source bound. */
export type Metric = {
  readonly name: string;
  readonly kind: 'counter' | 'gauge';
  /** The label whose values are the keys of the map that `read` answers. */
  readonly label?: string;
  readonly says: string;
  read(): number | ReadonlyMap<string, number>;
};

export type Listener = { readonly name: string; readonly url: string };

export type ApiParts = {
  readonly query: Query;
  readonly engine: EngineView;
  readonly collector: CollectorView;
  readonly settings: ApiSettings;
  readonly log: Log;
  readonly version: string;
  /** Where spans are received, as told to people. */
  readonly listeners: readonly Listener[];
  /** Folder of the built user interface. */
  readonly webRoot?: string | undefined;
  /** Other packages' metrics, shown beside our own. */
  readonly metrics?: readonly Metric[];
  /** Epoch milliseconds; the wall clock unless a test says otherwise. */
  readonly nowMs?: () => number;
};
