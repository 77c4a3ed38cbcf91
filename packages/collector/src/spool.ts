/**
 * The spool: one writer that turns waiting frames into appends, acknowledgements and sealed segments.
 *
 * Frames that arrive while a write (and, under `always`, its sync) runs go together in the next one:
 * group commit without a timer. Never knows: the engine, protocols, what a frame means.
 */
import { crashPoint } from './crash-point.ts';
import { CollectorError } from './errors.ts';
import { limits } from './limits.ts';
import type { Log } from './log.ts';
import { createSegment, type Frame, type OpenSegment, type SealedSegment } from './segment.ts';
import type { SpoolOptions } from './settings.ts';
import type { SpoolBounds } from './spool-bounds.ts';

export interface Spool {
  /** Resolves when the frame is as durable as `spool.sync` promises; rejects with a CollectorError. */
  append(frame: Frame): Promise<void>;
  /** Seals the open segment after what is being written; resolves when it is handed on. */
  seal(): Promise<void>;
  /** Number of frames acknowledged so far, those found at start included. */
  ackedSeq(): number;
  /** The open segment when it holds frames. */
  open(): { readonly bytes: number; readonly openedAtMs: number } | undefined;
  isHealthy(): boolean;
  syncs(): number;
  /**
   * Resolves when everything acknowledged so far is on disk, for whoever makes a promise of his own
   * of it; under `spool.sync never` at once. Rejects when the disk fails.
   */
  flush(): Promise<void>;
  /** Writes and seals what waits, then takes nothing more. */
  close(): Promise<void>;
}

export interface SpoolParts {
  readonly options: SpoolOptions;
  readonly bounds: SpoolBounds;
  readonly nextId: () => bigint;
  readonly log: Log;
  /** Sequence number to go on from: how many frames recovery handed on. */
  readonly firstSeq: number;
  /** The open segment got its first frame: from now on it ages. */
  readonly onFirstFrame: () => void;
  /** Told before anything else happens to the segment; what it returns is waited for. */
  readonly onSealed: (segment: SealedSegment) => void | Promise<void>;
  /** A sync failed: the page cache can no longer be trusted, the process must end. */
  readonly onFatal: (error: Error) => void;
}

interface Waiting {
  readonly frame: Frame;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export function createSpool(parts: SpoolParts): Spool {
  return new SpoolWriter(parts);
}

class SpoolWriter implements Spool {
  readonly #parts: SpoolParts;
  readonly #timer: NodeJS.Timeout | undefined;
  #waiting: Waiting[] = [];
  #sealWaiters: (() => void)[] = [];
  /** Ends when every segment put aside so far is closed and handed on. */
  #sealing: Promise<void> = Promise.resolve();
  #segment: OpenSegment | undefined;
  #seq: number;
  #syncs = 0;
  #isWriting = false;
  #failure: CollectorError | undefined;
  #isClosed = false;

  constructor(parts: SpoolParts) {
    this.#parts = parts;
    this.#seq = parts.firstSeq;
    if (parts.options.sync === 'interval') {
      const sync = () => void this.#sync().catch(() => undefined);
      this.#timer = setInterval(sync, parts.options.syncIntervalMs).unref();
    }
  }

  append(frame: Frame): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#isClosed) return Promise.reject(new CollectorError('STOPPING'));
    try {
      this.#parts.bounds.take(frame.bytes);
    } catch (error) {
      return Promise.reject(error);
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ frame, resolve, reject });
      this.#wake();
    });
  }

  seal(): Promise<void> {
    if (this.#segment === undefined && this.#waiting.length === 0) return this.#sealing;
    return new Promise((resolve) => {
      this.#sealWaiters.push(resolve);
      this.#wake();
    });
  }

  ackedSeq = (): number => this.#seq;

  open(): { bytes: number; openedAtMs: number } | undefined {
    const segment = this.#segment;
    return segment === undefined || segment.bytes === 0 ? undefined : segment;
  }

  isHealthy = (): boolean => this.#failure === undefined;

  syncs = (): number => this.#syncs;

  async flush(): Promise<void> {
    if (this.#parts.options.sync !== 'never') await this.#sync();
    await this.#sealing;
    if (this.#failure !== undefined) throw this.#failure;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.seal();
    clearInterval(this.#timer);
  }

  /** Starts the writer after this tick, so that everything that arrives in the tick goes together. */
  #wake(): void {
    if (this.#isWriting) return;
    this.#isWriting = true;
    setImmediate(() => void this.#run());
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0 || this.#sealWaiters.length > 0) {
      if (this.#waiting.length > 0) await this.#writeBatch(this.#takeBatch());
      if (this.#mustSeal()) this.#sealSegment();
    }
    this.#isWriting = false;
  }

  /** A seal that was asked for comes after one write at most; only the last one lets all drain first. */
  #mustSeal(): boolean {
    if ((this.#segment?.bytes ?? 0) >= this.#parts.options.segmentBytes) return true;
    return this.#sealWaiters.length > 0 && (!this.#isClosed || this.#waiting.length === 0);
  }

  /** What the next write takes: everything that waits, as far as one write and the segment hold it. */
  #takeBatch(): Waiting[] {
    let room = this.#parts.options.segmentBytes - (this.#segment?.bytes ?? 0);
    room = Math.min(room, limits.writeBytesMax);
    let count = 0;
    for (const { frame } of this.#waiting) {
      if (count > 0 && (frame.bytes > room || count === limits.writeFramesMax)) break;
      room -= frame.bytes;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  async #writeBatch(batch: readonly Waiting[]): Promise<void> {
    try {
      if (this.#failure !== undefined) throw this.#failure;
      const segment = await this.#segmentForWriting();
      const isFirst = segment.bytes === 0;
      await segment.append(batch.map(({ frame }) => frame));
      if (isFirst) this.#parts.onFirstFrame();
      if (this.#parts.options.sync === 'always') await this.#sync();
    } catch (error) {
      const refusal = asWriteError(error);
      for (const { frame, reject } of batch) {
        this.#parts.bounds.release(frame.bytes);
        reject(refusal);
      }
      return;
    }
    crashPoint('before-ack');
    this.#seq += batch.length;
    for (const { resolve } of batch) resolve();
  }

  async #segmentForWriting(): Promise<OpenSegment> {
    if (this.#segment === undefined) {
      const { options, nextId } = this.#parts;
      this.#segment = await createSegment(options.dir, nextId());
    }
    return this.#segment;
  }

  /**
   * Puts the open segment aside, so that the next write goes to a fresh one at once. Syncing and
   * closing the old one takes as long as the disk likes; it follows behind, in order.
   */
  #sealSegment(): void {
    const segment = this.#segment;
    const waiters = this.#sealWaiters.splice(0);
    this.#segment = undefined;
    const lastSeq = this.#seq;
    this.#sealing = this.#sealing.then(async () => {
      if (segment !== undefined && segment.bytes > 0) await this.#finish(segment, lastSeq);
      for (const resolve of waiters) resolve();
    });
  }

  async #finish(segment: OpenSegment, lastSeq: number): Promise<void> {
    try {
      if (this.#parts.options.sync !== 'never') await this.#sync(segment);
      const sealed = await segment.seal(lastSeq);
      crashPoint('after-seal');
      await this.#parts.onSealed(sealed);
    } catch (error) {
      // The file stays as it is; recovery cuts and loads it at the next start.
      this.#fail(error);
    }
  }

  /** A failed sync is never tried again: the kernel may have dropped the pages it could not write. */
  async #sync(segment = this.#segment): Promise<void> {
    if (segment === undefined || this.#failure !== undefined) return;
    try {
      await segment.sync();
      this.#syncs += 1;
    } catch (error) {
      this.#fail(error);
      throw this.#failure;
    }
  }

  #fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = new CollectorError('SYNC_FAILED', {}, error);
    this.#parts.log('error', 'sync of the spool failed', { error: String(error) });
    this.#parts.onFatal(this.#failure);
  }
}

function asWriteError(error: unknown): CollectorError {
  if (error instanceof CollectorError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const isFull = code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG';
  return new CollectorError(isFull ? 'DISK_FULL' : 'WRITE_FAILED', { reason: message }, error);
}
