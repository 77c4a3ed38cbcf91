/**
 * The collector: puts receivers, admission, spool and loader together, and ends them in order.
 *
 * This file decides and computes nothing; every step is in the file it is named after.
 */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Engine, lockDataDirectory, replayLost } from '@clew/store';
import { createAdmit, DEFAULT_TENANT } from './admit.ts';
import type { CollectorError } from './errors.ts';
import { createInFlight } from './in-flight.ts';
import { type KeptSegments, openKeptSegments } from './kept.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { limits } from './limits.ts';
import { createLoader, type Loader } from './loader.ts';
import type { Log } from './log.ts';
import { type CollectorStats, type Counters, count, createCounters, total } from './metrics.ts';
import { createQuarantine } from './quarantine.ts';
import { createRate } from './rate.ts';
import { createGrpcReceiver } from './receivers/grpc.ts';
import { createHttpReceiver } from './receivers/http.ts';
import type { Listening, Receiver } from './receivers/listen.ts';
import { type Recovered, recoverSpool } from './recovery.ts';
import { createRepeats, type Repeats } from './repeats.ts';
import { scanSegment } from './scan.ts';
import { createSegmentIds, type SealedSegment } from './segment.ts';
import { type CollectorOptions, collectorOptions, type SettingValues } from './settings.ts';
import { createSpool, type Spool } from './spool.ts';
import { createSpoolBounds, type SpoolBounds } from './spool-bounds.ts';

export interface CollectorParts {
  readonly engine: Engine;
  /** Resolved settings by key; needs `data_dir`. */
  readonly settings: SettingValues;
  readonly log: Log;
  /** Wall clock, milliseconds since the epoch. */
  readonly nowMs: () => number;
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
    stats: () => stats(running, counters, rate.perSecond()),
  };
}

/** What lives between start and stop. */
interface Running {
  readonly listening: readonly Listening[];
  readonly receivers: readonly Receiver[];
  readonly spool: Spool;
  readonly bounds: SpoolBounds;
  readonly loader: Loader;
  readonly kept: KeptSegments;
  readonly repeats: Repeats;
  readonly inFlightBytes: () => number;
  readonly unlock: () => void;
}

async function run(
  parts: CollectorParts,
  options: CollectorOptions,
  counters: Counters,
  ledger: Ledger,
): Promise<Running> {
  const { engine, log, nowMs } = parts;
  const { spool: spoolOptions, receive } = options;
  const { dir } = spoolOptions;
  const shared = { limits: receive.walk, ledger, counters, log };
  await mkdir(dir, { recursive: true });
  // The embedded engine has locked the data directory; beside a remote one it is up to us.
  const unlock = engine.place.kind === 'remote' ? lockDataDirectory(dirname(dir)) : () => undefined;
  const quarantine = createQuarantine(join(dir, 'quarantine'), log, counters);
  const kept = await openKeptSegments({
    dir: join(dir, 'loaded'),
    keptForMs: spoolOptions.loadedKeptForMs,
    bytesMax: spoolOptions.loadedBytesMax,
    nowMs,
  });
  const found = await recoverSpool({ ...shared, dir, quarantine });
  const repeats = createRepeats({
    windowMs: receive.repeatWindowMs,
    requestsMax: receive.repeatRequestsMax,
  });
  await rememberFound(found, kept, repeats, receive.walk);
  const bounds = createSpoolBounds({ ...spoolOptions, onLow: () => void kept.shed() });
  await bounds.look();

  const loader: Loader = createLoader({
    ...shared,
    engine,
    quarantine,
    kept,
    bounds,
    sealAfterMs: spoolOptions.sealAfterMs,
    spool: () => spool,
    beforeFirst: () => restoreLost(parts, kept, counters),
    restore: (segment, rows) => restoreOne(parts, segment, rows, counters),
  });
  const spool: Spool = createSpool({
    options: spoolOptions,
    bounds,
    nextId: createSegmentIds(nowMs),
    log,
    firstSeq: found.frames,
    onFirstFrame: () => loader.wake(),
    onSealed: (segment) => {
      counters.segmentsSealed += 1;
      loader.enqueue(segment);
    },
    onFatal: parts.onFatal ?? exit,
  });
  for (const segment of found.segments) {
    bounds.adopt(segment.bytes);
    loader.enqueue(segment);
  }
  loader.start();

  const inFlight = createInFlight(receive.inFlightBytesMax);
  const append = (frame: Parameters<Spool['append']>[0]) => spool.append(frame);
  const admit = createAdmit({ ...shared, repeats, append, nowMs });
  const onRefused = (error: CollectorError, listener: string) => {
    count(counters.requestsRefused, error.reason);
    const { reason } = error;
    ledger.note({ outcome: 'refused', reason, listener, requests: 1, spans: 0, bytes: 0 });
  };
  const receivers: Receiver[] = [];
  const listening: Listening[] = [];
  const live: Running = {
    listening,
    receivers,
    spool,
    bounds,
    loader,
    kept,
    repeats,
    inFlightBytes: () => inFlight.bytes,
    unlock,
  };
  const factories = [
    { listen: options.listen.otlpGrpc, create: createGrpcReceiver },
    { listen: options.listen.otlpHttp, create: createHttpReceiver },
  ];
  try {
    for (const { listen, create } of factories) {
      if (listen === 'off' || listen === 'false') continue;
      const receiver = create({ listen, options: receive, inFlight, admit, onRefused });
      receivers.push(receiver);
      listening.push(await receiver.start());
    }
  } catch (error) {
    await stop(live, log);
    throw error;
  }
  return live;
}

/** How many bytes of kept segments are read before the listeners open; the rest comes after. */
const REMEMBER_FIRST_BYTES = 64 * 1024 * 1024;

/**
 * Rebuilds the window of repeats from the frames on disk. A client that never saw its answer sends
 * again within seconds, so the newest segments count and the older ones may come a moment later.
 */
async function rememberFound(
  found: Recovered,
  kept: KeptSegments,
  repeats: Repeats,
  walk: CollectorOptions['receive']['walk'],
): Promise<void> {
  const answer = { rejected: 0, message: '' };
  const newestFirst = [...kept.list()].reverse();
  for (const print of found.fingerprints) repeats.remember(print, answer);
  const rememberNext = async (bytesMax: number): Promise<void> => {
    let bytes = 0;
    for (let next = newestFirst.shift(); next !== undefined; next = newestFirst.shift()) {
      // It may have been removed meanwhile.
      const scan = await scanSegment(next.path, walk).catch(() => undefined);
      for (const { fingerprint } of scan?.frames ?? []) repeats.remember(fingerprint, answer);
      bytes += next.bytes;
      if (bytes >= bytesMax) return;
    }
  };
  await rememberNext(REMEMBER_FIRST_BYTES);
  void rememberNext(Number.POSITIVE_INFINITY);
}

/** Once per start: what the engine lost of kept segments is loaded again, under a fresh token. */
async function restoreLost(
  { engine, log, nowMs }: CollectorParts,
  kept: KeptSegments,
  counters: Counters,
): Promise<void> {
  const epoch = nowMs();
  const segments = kept.list().map((one) => ({ ...one, token: `${one.id}#r${epoch}` }));
  const { broken, replayed, rowsRestored, damaged, gone } = await replayLost(engine, segments);
  counters.segmentsReplayed += replayed.length;
  if (broken.length + replayed.length + damaged.length > 0) {
    log('error', 'the engine had lost parts', {
      parts: broken.map(({ table, name, reason }) => `${table} ${name} ${reason}`),
      segmentsReplayed: replayed.length,
      rowsRestored,
      segmentsDamaged: damaged.map(String),
      partsGone: gone.map(({ table, name }) => `${table} ${name}`),
    });
  }
  await kept.trim();
}

async function restoreOne(
  { engine, log, nowMs }: CollectorParts,
  segment: SealedSegment,
  rows: number,
  counters: Counters,
): Promise<void> {
  const { id, path, spans } = segment;
  log('error', 'the engine swallowed a segment, loading it again', {
    segment: `${id}`,
    spans,
    rows,
  });
  const token = `${id}#r${nowMs()}`;
  const { replayed, damaged } = await replayLost(engine, [{ id, path, spans, token }]);
  counters.segmentsReplayed += replayed.length;
  if (damaged.length > 0) {
    log('error', 'a segment does not hold what was acknowledged', { segment: `${id}`, spans });
  }
}

/** In the order of the data's way, so that nothing is handed to what has ended already. */
async function stop(running: Running, log: Log): Promise<void> {
  const drain = async () => {
    await Promise.all(running.receivers.map((receiver) => receiver.stop()));
    await running.spool.close();
    await running.loader.stop();
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
    inFlightBytes: running?.inFlightBytes() ?? 0,
    connections: sum(running?.receivers.map((receiver) => receiver.connections()) ?? []),
    repeatsRemembered: running?.repeats.size() ?? 0,
    syncs: running?.spool.syncs() ?? 0,
    counters,
  };
}
