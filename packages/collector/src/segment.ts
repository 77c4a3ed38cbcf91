/**
 * Step 3 of 10 in a span's walk.   before: admit.ts   after: loader.ts
 *
 * A segment is an append-only file of length-delimited OTLP requests. It is the write-ahead log and,
 * unchanged, the input of the engine. Never knows: what a span is, when to seal.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { crashPoint } from './crash-point.ts';
import { createTally, type Tally } from './tally.ts';

/** One request on its way into a segment: head, body and trailer as they will lie on disk. */
export interface Frame {
  readonly parts: readonly Uint8Array[];
  readonly bytes: number;
  readonly spans: number;
  readonly tenant: string;
  readonly listener: string;
  readonly arrivedMs: number;
}

/** A segment that takes no more frames. */
export interface SealedSegment {
  readonly id: bigint;
  readonly path: string;
  readonly bytes: number;
  readonly frames: number;
  readonly spans: number;
  /** Sequence number of its last frame: everything up to it is loaded once this segment is. */
  readonly lastSeq: number;
  readonly tally: Tally;
}

/** What is written until it is sealed. All methods are called by one writer, `sync` by a timer too. */
export interface OpenSegment {
  readonly id: bigint;
  readonly bytes: number;
  readonly spans: number;
  /** On the monotonic clock: a jump of the wall clock must not hold a segment open. */
  readonly openedAtMs: number;
  /** Appends the frames with one write. On failure nothing of them stays. */
  append(frames: readonly Frame[]): Promise<void>;
  /** Makes everything appended before the call durable, the file's name included. */
  sync(): Promise<void>;
  /** Cuts what a failed write may have left, closes the file and answers what it holds. */
  seal(lastSeq: number): Promise<SealedSegment>;
}

const SUFFIX = '.segment';

/** `spool/07543210987654321098.segment`: decimal and padded, so that names sort by age. */
export function segmentPath(dir: string, id: bigint): string {
  return join(dir, id.toString().padStart(20, '0') + SUFFIX);
}

/** The id in a segment's file name, or undefined when it is no segment. */
export function segmentId(path: string): bigint | undefined {
  const name = basename(path);
  return /^\d{20}\.segment$/.test(name) ? BigInt(name.slice(0, 20)) : undefined;
}

/**
 * Ids that never repeat, across restarts and clock jumps alike: milliseconds, then 22 random bits, and
 * never below the one before, nor `above`. They stay under 2^63. A repeated id would be a repeated
 * token, and the engine drops a repeated token's rows in silence; positions of forwarding rely on order.
 */
export function createSegmentIds(
  nowMs: () => number,
  above = 0n,
  random = Math.random,
): () => bigint {
  let last = above;
  return () => {
    const fresh = (BigInt(Math.floor(nowMs())) << 22n) | BigInt(Math.floor(random() * 2 ** 22));
    last = fresh > last ? fresh : last + 1n;
    return last;
  };
}

/** Creates the file of a new segment; an existing file of that name is an error. */
export async function createSegment(dir: string, id: bigint): Promise<OpenSegment> {
  const path = segmentPath(dir, id);
  return new SegmentFile(id, path, await open(path, 'wx'));
}

class SegmentFile implements OpenSegment {
  readonly id: bigint;
  readonly openedAtMs = performance.now();
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #tally = createTally();
  #bytes = 0;
  #frames = 0;
  #spans = 0;
  #isDirty = false;
  #isNamed = false;
  /** True while bytes of a failed write may lie behind the last good frame. */
  #hasRemains = false;
  #syncing: Promise<void> | undefined;

  constructor(id: bigint, path: string, handle: FileHandle) {
    this.id = id;
    this.#path = path;
    this.#handle = handle;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get spans(): number {
    return this.#spans;
  }

  async append(frames: readonly Frame[]): Promise<void> {
    const parts = frames.flatMap((frame) => frame.parts);
    const bytes = frames.reduce((sum, frame) => sum + frame.bytes, 0);
    try {
      await this.#write(parts, bytes);
    } catch (error) {
      this.#hasRemains = true;
      await this.#cutRemains().catch(() => undefined);
      throw error;
    }
    this.#bytes += bytes;
    this.#frames += frames.length;
    this.#isDirty = true;
    for (const frame of frames) {
      this.#spans += frame.spans;
      this.#tally.add(frame);
    }
    crashPoint('after-write');
  }

  /** One writev, and more only when the system took less than it was given. */
  async #write(parts: readonly Uint8Array[], bytes: number): Promise<void> {
    let written = (await this.#handle.writev(parts as Uint8Array[], this.#bytes)).bytesWritten;
    if (written === bytes) return;
    const whole = Buffer.concat(parts);
    while (written < bytes) {
      const rest = whole.subarray(written);
      const step = await this.#handle.write(rest, 0, rest.length, this.#bytes + written);
      written += step.bytesWritten;
    }
  }

  async sync(): Promise<void> {
    // A sync that runs already may have begun before the last write, so a second one follows it.
    await this.#syncing;
    if (!this.#isDirty) return;
    this.#isDirty = false;
    this.#syncing = this.#syncNow();
    await this.#syncing;
  }

  async #syncNow(): Promise<void> {
    await this.#handle.datasync();
    if (!this.#isNamed) await syncFolder(dirname(this.#path));
    this.#isNamed = true;
    crashPoint('after-sync');
  }

  async seal(lastSeq: number): Promise<SealedSegment> {
    await this.#syncing;
    if (this.#hasRemains) await this.#cutRemains();
    await this.#handle.close();
    return {
      id: this.id,
      path: this.#path,
      bytes: this.#bytes,
      frames: this.#frames,
      spans: this.#spans,
      lastSeq,
      tally: this.#tally,
    };
  }

  async #cutRemains(): Promise<void> {
    await this.#handle.truncate(this.#bytes);
    this.#hasRemains = false;
  }
}

/** Makes names in a folder durable: creating, renaming and removing are changes of the folder. */
export async function syncFolder(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
