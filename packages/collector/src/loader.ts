/**
 * Step 4 of 10 in a span's walk.   before: segment.ts   after: store/sql/load/spans.sql
 *
 * Seals the open segment when it is due and loads segments one after the other, each under its id as
 * token: whatever crashes where, the repeat is harmless. While a load runs, the next segment grows;
 * so the busier the engine, the fewer and larger the loads. Never knows: SQL.
 */
import { existsSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { type Engine, EngineUnavailable } from '@clew/store';
import { type BisectParts, bisect, progressPath } from './bisect.ts';
import { crashPoint, crashPointSoon } from './crash-point.ts';
import { CollectorError } from './errors.ts';
import type { KeptSegments } from './kept.ts';
import { limits as bounds } from './limits.ts';
import { refusedBytes } from './load-errors.ts';
import type { Log } from './log.ts';
import type { Counters } from './metrics.ts';
import type { SealedSegment } from './segment.ts';
import type { Spool } from './spool.ts';
import type { SpoolBounds } from './spool-bounds.ts';

export interface Loader {
  /** Takes a sealed segment; they are loaded in the order of the calls. */
  enqueue(segment: SealedSegment): void;
  /** Something changed that may make a seal due. */
  wake(): void;
  start(): void;
  /**
   * Resolves when everything acknowledged before the call is in the engine. Rejects with the error
   * of the load when that fails now; the load itself is tried again all the same.
   */
  sealAndLoad(): Promise<void>;
  waiting(): number;
  /** Loads what is enqueued, then ends; a load that cannot succeed now is left for the next start. */
  stop(): Promise<void>;
}

export interface LoaderParts extends BisectParts {
  readonly engine: Pick<Engine, 'load' | 'insert' | 'state'>;
  readonly spool: () => Spool;
  readonly kept: KeptSegments;
  readonly bounds: SpoolBounds;
  readonly sealAfterMs: number;
  readonly counters: Counters;
  readonly log: Log;
  /**
   * Called when the engine holds another number of rows than the segment has spans: it lost a part
   * and still remembers the token, so that the load was swallowed.
   */
  readonly restore: (segment: SealedSegment, rows: number) => Promise<void>;
  /** Done once before the first load, and tried again until it succeeds: lost parts are restored. */
  readonly beforeFirst: () => Promise<void>;
}

interface Waiter {
  readonly seq: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export function createLoader(parts: LoaderParts): Loader {
  return new SegmentLoader(parts);
}

class SegmentLoader implements Loader {
  readonly #parts: LoaderParts;
  readonly #queue: SealedSegment[] = [];
  #waiters: Waiter[] = [];
  #loadedSeq = 0;
  #isStopping = false;
  #running: Promise<void> = Promise.resolve();
  #wakeSleeper: () => void = () => undefined;
  #endPause: () => void = () => undefined;

  constructor(parts: LoaderParts) {
    this.#parts = parts;
  }

  enqueue(segment: SealedSegment): void {
    this.#queue.push(segment);
    this.wake();
  }

  wake(): void {
    this.#wakeSleeper();
  }

  start(): void {
    this.#running = this.#run();
  }

  sealAndLoad(): Promise<void> {
    const seq = this.#parts.spool().ackedSeq();
    if (seq <= this.#loadedSeq) return Promise.resolve();
    if (this.#isStopping) return Promise.reject(new CollectorError('STOPPING'));
    return new Promise((resolve, reject) => {
      this.#waiters.push({ seq, resolve, reject });
      this.wake();
    });
  }

  waiting = (): number => this.#queue.length;

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.wake();
    this.#endPause();
    await this.#running;
    this.#settle((waiter) => waiter.reject(new CollectorError('STOPPING')));
  }

  async #run(): Promise<void> {
    if (!(await this.#untilDone(this.#parts.beforeFirst))) return;
    for (;;) {
      const segment = this.#queue[0];
      if (segment !== undefined) {
        if (!(await this.#untilDone(() => this.#load(segment)))) return;
        this.#queue.shift();
        this.#loadedSeq = segment.lastSeq;
        this.#settle((waiter) => waiter.seq <= segment.lastSeq && waiter.resolve());
        continue;
      }
      if (this.#isStopping) return;
      const waitMs = this.#sealDueInMs();
      if (waitMs > 0) await this.#sleep(waitMs);
      else await this.#parts.spool().seal();
    }
  }

  /** Waiters for whom `answer` did something (anything but false) are done with. */
  #settle(answer: (waiter: Waiter) => unknown): void {
    this.#waiters = this.#waiters.filter((waiter) => answer(waiter) === false);
  }

  /** When the open segment has to be sealed: by age, or at once for whoever waits. */
  #sealDueInMs(): number {
    const spool = this.#parts.spool();
    const open = spool.open();
    if (open === undefined || !spool.isHealthy()) return Number.POSITIVE_INFINITY;
    if (this.#waiters.length > 0) return 0;
    return open.openedAtMs + this.#parts.sealAfterMs - performance.now();
  }

  /** Sleeps until it is time, or until something wakes it. */
  async #sleep(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = Number.isFinite(ms) ? setTimeout(resolve, ms) : undefined;
      this.#wakeSleeper = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wakeSleeper = () => undefined;
  }

  /** Waits between two tries; new segments do not shorten it, only the end does. */
  async #pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /**
   * Repeats a step for ever, waiting longer each time; answers false when the collector stops
   * first. Whoever waits for the load learns of each failure.
   */
  async #untilDone(step: () => Promise<void>): Promise<boolean> {
    for (let failures = 0; ; failures += 1) {
      try {
        await step();
        return true;
      } catch (error) {
        this.#parts.counters.loadFailures += 1;
        this.#settle((waiter) => waiter.reject(error));
        this.#tell(error, failures);
      }
      if (this.#isStopping) return false;
      await this.#pause(Math.min(bounds.retryMsMin * 2 ** failures, bounds.retryMsMax));
    }
  }

  #tell(error: unknown, failures: number): void {
    const isAway = error instanceof EngineUnavailable;
    // An engine that is away is told once; other reasons once in a while, for they need a person.
    if (isAway ? failures > 0 : failures % 30 !== 0) return;
    this.#parts.log(isAway ? 'warn' : 'error', 'load failed, will try again', {
      error: String(error),
      segments: this.#queue.length,
      spoolBytes: this.#parts.bounds.bytes,
    });
  }

  /** One segment from sealed to kept. Every step may be repeated. */
  async #load(segment: SealedSegment): Promise<void> {
    const { ledger, log } = this.#parts;
    const started = performance.now();
    const loaded = await this.#loadOrBisect(segment);
    crashPoint('after-load');
    await ledger.accepted(loaded);
    crashPoint('after-ledger');
    await this.#putAway(segment, loaded);
    this.#parts.bounds.release(segment.bytes);
    const elapsedMs = performance.now() - started;
    this.#parts.counters.loads += 1;
    this.#parts.counters.loadMs += elapsedMs;
    log('debug', 'segment loaded', {
      segment: `${segment.id}`,
      spans: loaded.spans,
      bytes: segment.bytes,
      elapsedMs: Math.round(elapsedMs),
    });
  }

  async #loadOrBisect(segment: SealedSegment): Promise<SealedSegment> {
    const { engine, log } = this.#parts;
    if (existsSync(progressPath(segment.path))) return bisect(this.#parts, segment);
    try {
      const loading = engine.load({ id: segment.id, path: segment.path, token: `${segment.id}` });
      crashPointSoon('during-load', 20);
      const { rows } = await loading;
      if (rows !== segment.spans) await this.#parts.restore(segment, rows);
      return segment;
    } catch (error) {
      const reason = refusedBytes(error);
      if (reason === undefined) throw error;
      log('warn', 'segment refused, looking for the bad frame', {
        segment: `${segment.id}`,
        frames: segment.frames,
        reason,
      });
      return bisect(this.#parts, segment);
    }
  }

  /** A segment with a refused frame is not kept: loading it again would refuse it again. */
  async #putAway(segment: SealedSegment, loaded: SealedSegment): Promise<void> {
    if (loaded.frames === segment.frames) {
      await this.#parts.kept.keep(segment);
      return;
    }
    await unlink(segment.path);
    await unlink(progressPath(segment.path));
  }
}
