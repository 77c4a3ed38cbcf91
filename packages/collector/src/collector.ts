/**
 * The collector: puts receivers, admission, spool and loader together, and ends them in order.
 *
 * This file decides and computes nothing; every step is in the file it is named after.
 */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Engine, lockDataDirectory } from '@clew/store';
import type { Rejection } from '@clew/translate';
import { createAdmit, DEFAULT_TENANT } from './admit.ts';
import type { CollectorError } from './errors.ts';
import { createSender } from './forward/create-sender.ts';
import { type Forwarder, openForwarder } from './forward/forwarder.ts';
import { refuseOwnAddress } from './forward/own-address.ts';
import { holdsTrace } from './holds.ts';
import { createInFlight, type InFlight } from './in-flight.ts';
import type { KafkaReceiver, KafkaReceiverParts } from './kafka/receiver.ts';
import { type KeptSegments, openKeptSegments } from './kept.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { limits } from './limits.ts';
import { createLoader, type Loader } from './loader.ts';
import type { Log } from './log.ts';
import { type CollectorStats, type Counters, count, createCounters, total } from './metrics.ts';
import { createQuarantine } from './quarantine.ts';
import { createRate } from './rate.ts';
import { createDoors } from './receivers/doors.ts';
import type { Call } from './receivers/grpc.ts';
import type { Otherwise } from './receivers/http.ts';
import { createIntake } from './receivers/intake.ts';
import type { Listening, Receiver } from './receivers/listen.ts';
import { recoverSpool } from './recovery.ts';
import { rememberFound } from './remember.ts';
import { createRepeats, type Repeats } from './repeats.ts';
import { restoreLost, restoreShort } from './restore.ts';
import { createSamplingReceiver, SAMPLING_CALL, samplingCall } from './sampling/receiver.ts';
import { openSampling, type Sampling } from './sampling/sampling.ts';
import { createSegmentIds } from './segment.ts';
import { type CollectorOptions, collectorOptions, type SettingValues } from './settings.ts';
import { createSpool, type Spool } from './spool.ts';
import { createSpoolBounds, type SpoolBounds } from './spool-bounds.ts';
import { type FolderWatch, openFolderWatch } from './watch/watch.ts';

export interface CollectorParts {
  readonly engine: Engine;
  /** Resolved settings by key; needs `data_dir`. */
  readonly settings: SettingValues;
  readonly log: Log;
  /** Wall clock, milliseconds since the epoch. */
  readonly nowMs: () => number;
  /** By HTTP listener: who answers what its protocols do not, such as queries of the same port. */
  readonly otherwise?: Readonly<Record<string, Otherwise>>;
  /** By gRPC listener and path: calls that bring no spans. */
  readonly calls?: Readonly<Record<string, Readonly<Record<string, Call>>>>;
  /** The disk failed a sync. Ends the process with code 1 unless given. */
  readonly onFatal?: (error: Error) => void;
}

export interface Collector {
  /** Recovers the spool and opens the listeners; rejects when a port is taken. */
  start(): Promise<readonly Listening[]>;
  /** Takes nothing new, writes and loads what is there, and ends in less than ten seconds. */
  stop(): Promise<void>;
  /** Resolves when everything acknowledged before the call can be queried. */
  sealAndLoad(): Promise<void>;
  /** Whether spans of the trace (16 bytes) may be acknowledged but not loaded yet. */
  holds(traceId: Uint8Array): Promise<boolean>;
  stats(): CollectorStats;
}

export function createCollector(parts: CollectorParts): Collector {
  const options = collectorOptions(parts.settings);
  const counters = createCounters();
  const rate = createRate(() => total(counters.spansAccepted));
  const ledger = createLedger({ ...parts, tenant: DEFAULT_TENANT });
  let running: Running | undefined;
  return {
    async start() {
      running = await run(parts, options, counters, ledger);
      return running.listening;
    },
    async stop() {
      rate.close();
      if (running !== undefined) await stop(running, parts.log);
      await ledger.close();
    },
    async sealAndLoad() {
      await running?.loader.sealAndLoad();
    },
    holds: async (traceId) => running !== undefined && holdsTrace(options.spool.dir, traceId),
    stats: () => stats(running, counters, rate.perSecond()),
  };
}

interface Store {
  readonly spool: Spool;
  readonly bounds: SpoolBounds;
  readonly loader: Loader;
  readonly kept: KeptSegments;
  readonly repeats: Repeats;
  readonly forwarder: Forwarder;
}

/** What lives beside the way of a span. */
interface Beside {
  readonly sampling: Sampling;
}

interface Doors {
  readonly receivers: readonly Receiver[];
  readonly inFlight: InFlight;
  readonly kafka: KafkaReceiver | undefined;
  readonly watch: FolderWatch | undefined;
}

/** What lives between start and stop. */
interface Running extends Store, Doors, Beside {
  readonly listening: Listening[];
  readonly unlock: () => void;
}

async function run(
  parts: CollectorParts,
  options: CollectorOptions,
  counters: Counters,
  ledger: Ledger,
): Promise<Running> {
  const { dir } = options.spool;
  await mkdir(dir, { recursive: true });
  // The embedded engine has locked the data directory; beside a remote one it is up to us.
  const isRemote = parts.engine.place.kind === 'remote';
  const unlock = isRemote ? lockDataDirectory(dirname(dir)) : () => undefined;
  try {
    const sampling = await openSampling({
      ...parts,
      options: options.sampling,
      tenant: DEFAULT_TENANT,
      dataDir: dirname(dir),
    });
    const store = await openStore(parts, options, counters, ledger);
    const doors = await openDoors(parts, options, counters, ledger, store, sampling);
    const running: Running = { ...store, ...doors, sampling, listening: [], unlock };
    try {
      for (const receiver of doors.receivers) running.listening.push(await receiver.start());
      await refuseOwnAddress(options.forward, running.listening);
      store.forwarder.start();
      sampling.start();
      doors.kafka?.start();
    } catch (error) {
      await stop(running, parts.log);
      throw error;
    }
    return running;
  } catch (error) {
    unlock();
    throw error;
  }
}

/** The half behind `append`: recovers what is on disk, then writes and loads. */
async function openStore(
  parts: CollectorParts,
  options: CollectorOptions,
  counters: Counters,
  ledger: Ledger,
): Promise<Store> {
  const { engine, log, nowMs } = parts;
  const { dir, loadedKeptForMs, loadedBytesMax } = options.spool;
  const { walk, repeatWindowMs, repeatRequestsMax } = options.receive;
  const shared = { limits: walk, ledger, counters, log };
  const quarantine = createQuarantine(join(dir, 'quarantine'), log, counters);
  const kept = await openKeptSegments({
    dir: join(dir, 'loaded'),
    keptForMs: loadedKeptForMs,
    bytesMax: loadedBytesMax,
    nowMs,
  });
  const found = await recoverSpool({ ...shared, dir, quarantine });
  const repeats = createRepeats({ windowMs: repeatWindowMs, requestsMax: repeatRequestsMax });
  await rememberFound(repeats, found.fingerprints, kept.list(), walk);
  const forwarder = await openForwarder({
    dir: join(dir, 'forward'),
    destinations: options.forward,
    createSender,
    found: [...kept.list().map((one) => ({ ...one, frames: 0 })), ...found.segments],
    ledger,
    log,
    nowMs,
  });
  const onLow = () => {
    void kept.shed();
    forwarder.shed();
  };
  const bounds = createSpoolBounds({ ...options.spool, onLow });
  await bounds.look();

  const loader: Loader = createLoader({
    ...shared,
    engine,
    quarantine,
    kept,
    bounds,
    sealAfterMs: options.spool.sealAfterMs,
    spool: () => spool,
    beforeFirst: async () => {
      await restoreLost({ engine, log, nowMs, counters }, kept.list());
      await kept.trim();
    },
    restore: (segment, rows) => restoreShort({ engine, log, nowMs, counters }, segment, rows),
  });
  const spool: Spool = createSpool({
    options: options.spool,
    bounds,
    nextId: createSegmentIds(nowMs, forwarder.newest()),
    log,
    firstSeq: found.frames,
    onFirstFrame: () => loader.wake(),
    async onSealed(segment) {
      counters.segmentsSealed += 1;
      await forwarder.hold(segment);
      loader.enqueue(segment);
    },
    onFatal: parts.onFatal ?? exit,
  });
  for (const segment of found.segments) {
    bounds.adopt(segment.bytes);
    loader.enqueue(segment);
  }
  loader.start();
  return { spool, bounds, loader, kept, repeats, forwarder };
}

/** The half before `append`: one receiver per listener that is not off. */
async function openDoors(
  { nowMs, log, otherwise, calls }: CollectorParts,
  {
    listen,
    receive,
    spool: { dir: spoolDir },
    kafka: kafkaOptions,
    watch: watchOptions,
    sampling: { listen: askedAt },
  }: CollectorOptions,
  counters: Counters,
  ledger: Ledger,
  { spool, repeats }: Store,
  sampling: Sampling,
): Promise<Doors> {
  const inFlight = createInFlight(receive.inFlightBytesMax);
  const admit = createAdmit({
    limits: receive.walk,
    repeats,
    append: (frame) => spool.append(frame),
    counters,
    ledger,
    nowMs,
  });
  const onRefused = ({ reason }: CollectorError, listener: string, requests = 1) => {
    count(counters.requestsRefused, reason, requests);
    ledger.note({ outcome: 'refused', reason, listener, requests, spans: 0, bytes: 0 });
  };
  const onRejected = (rejected: readonly Rejection[], listener: string) => {
    for (const { reason, spans } of rejected) {
      count(counters.spansRejected, reason, spans);
      ledger.note({ outcome: 'refused', reason, listener, requests: 0, spans, bytes: 0 });
    }
  };
  const intake = createIntake({ admit, onRejected });
  const shared = { intake, inFlight, onRefused, log, nowMs };
  const receivers = createDoors({
    listen,
    options: receive,
    admit,
    onRejected,
    otherwise,
    calls: withSampling(calls, sampling),
    heldDir: join(spoolDir, 'held'),
    ...shared,
  });
  if (askedAt !== 'off' && askedAt !== 'false') {
    receivers.push(createSamplingReceiver(sampling, askedAt));
  }
  const flush = () => spool.flush();
  const kafka = await openKafka({ ...shared, options: kafkaOptions, flush });
  const watch =
    watchOptions.folder === ''
      ? undefined
      : await openFolderWatch({ ...shared, options: watchOptions, admit, flush });
  return { receivers, inFlight, kafka, watch };
}

/** The client library is loaded only where it is used: it would cost every start. */
async function openKafka(parts: KafkaReceiverParts): Promise<KafkaReceiver | undefined> {
  if (parts.options.brokers.length === 0) return undefined;
  const { openKafkaReceiver } = await import('./kafka/receiver.ts');
  return openKafkaReceiver(parts);
}

/** Jaeger's clients ask for their strategy where they send their spans. */
function withSampling(calls: CollectorParts['calls'] = {}, sampling: Sampling) {
  const ask = { [SAMPLING_CALL]: samplingCall(sampling) };
  return { ...calls, jaeger_grpc: { ...ask, ...calls['jaeger_grpc'] } };
}

/** In the order of the data's way, so that nothing is handed to what has ended already. */
async function stop(running: Running, log: Log): Promise<void> {
  const drain = async () => {
    await Promise.all(
      [...running.receivers, running.kafka, running.watch].map((receiver) => receiver?.stop()),
    );
    await running.sampling.stop();
    await running.spool.close();
    await Promise.all([running.loader.stop(), running.forwarder.stop()]);
  };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), limits.stopMsMax);
  });
  if ((await Promise.race([drain(), late])) === 'late') {
    log('warn', 'stopped before everything was loaded; the next start loads it', {
      segments: running.loader.waiting(),
    });
  }
  clearTimeout(timer);
  running.bounds.close();
  running.unlock();
}

/** A moment for the refusals of waiting requests to leave. */
function exit(): void {
  setTimeout(() => process.exit(1), 200);
}

function stats(
  running: Running | undefined,
  counters: Counters,
  spansPerSecond: number,
): CollectorStats {
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
  return {
    acceptedSpans: total(counters.spansAccepted),
    spansPerSecond,
    isHealthy: running?.spool.isHealthy() ?? true,
    spoolBytes: running?.bounds.bytes ?? 0,
    openSegmentBytes: running?.spool.open()?.bytes ?? 0,
    segmentsWaiting: running?.loader.waiting() ?? 0,
    loadedBytesKept: running?.kept.bytes ?? 0,
    inFlightBytes: running?.inFlight.bytes ?? 0,
    connections: sum(running?.receivers.map((receiver) => receiver.connections()) ?? []),
    repeatsRemembered: running?.repeats.size() ?? 0,
    syncs: running?.spool.syncs() ?? 0,
    forward: running?.forwarder.status() ?? [],
    kafka: running?.kafka?.status(),
    counters,
  };
}
