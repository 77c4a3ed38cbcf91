/**
 * One destination's loop: reads what is held from its position on, keeps a few requests under way,
 * and moves the position behind what was taken or can never be.
 *
 * It reads from disk at its own pace, so how slow the destination is concerns nobody else. Never
 * knows: protocols; other destinations.
 */
import { limits } from '../limits.ts';
import { type Bell, createBell } from './bell.ts';
import { countAll } from './count-spans.ts';
import type { Destination } from './destinations.ts';
import type { HeldSegment, HeldSegments } from './held-segments.ts';
import { isBefore, type Position } from './position.ts';
import { createRetry, type Retry } from './retry.ts';
import { createSegmentCursor, type ReadBatch, type SegmentCursor } from './segment-cursor.ts';
import type { ForwardRequest, Sender } from './sender.ts';
import { splitRequest } from './split-request.ts';

/** Why spans did not reach a destination. */
export type DropReason =
  | 'forward-refused'
  | 'forward-rejected'
  | 'forward-bytes-max'
  | 'forward-age-max'
  | 'forward-disk-low'
  | 'forward-damaged'
  | 'forward-not-held';

export interface Dropped {
  readonly reason: DropReason;
  readonly requests: number;
  readonly spans: number;
  readonly bytes: number;
}

export interface DeliveryParts {
  readonly destination: Destination;
  readonly sender: Sender;
  readonly held: HeldSegments;
  readonly position: Position;
  /** The position moved; `isWholeSegment` when a segment is done with. */
  readonly onMoved: (position: Position, isWholeSegment: boolean) => void;
  readonly onSent: (spans: number, requests: number) => void;
  readonly onDropped: (dropped: Dropped, why: string) => void;
  readonly onFailed: (reason: string, failures: number) => void;
  readonly onRecovered: (failures: number) => void;
}

export interface Delivery {
  readonly position: Position;
  readonly failures: number;
  /** There is more to read. */
  wake(): void;
  start(): void;
  /** Gives up the oldest segment: the position moves behind it. */
  skip(segment: HeldSegment, reason: DropReason): void;
  /** Delivers what is left for at most this long, gives up at the first failure, then ends. */
  stop(graceMs: number): Promise<void>;
}

export function createDelivery(parts: DeliveryParts): Delivery {
  return new DeliveryLoop(parts);
}

/** A batch under way. */
interface UnderWay {
  readonly end: Position;
  readonly bytes: number;
  isDone: boolean;
}

class DeliveryLoop implements Delivery {
  readonly #parts: DeliveryParts;
  readonly #cursor: SegmentCursor;
  readonly #news: Bell = createBell();
  readonly #retry: Retry;
  #window: UnderWay[] = [];
  #abort = new AbortController();
  #position: Position;
  #state: 'running' | 'draining' | 'stopped' = 'running';
  #running: Promise<void> = Promise.resolve();

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
    this.#position = parts.position;
    this.#cursor = createSegmentCursor(parts.held, parts.destination.batchBytes, parts.position);
    this.#retry = createRetry(parts);
  }

  get position(): Position {
    return this.#position;
  }

  get failures(): number {
    return this.#retry.failures;
  }

  wake(): void {
    this.#news.ring();
  }

  start(): void {
    this.#running = this.#run();
  }

  skip(segment: HeldSegment, reason: DropReason): void {
    const isBegun = this.#position.segment === segment.id;
    const { offset, spans } = isBegun ? this.#position : { offset: 0, spans: 0 };
    this.#parts.onDropped(
      {
        reason,
        requests: isBegun ? 0 : segment.requests,
        spans: Math.max(0, segment.spans - spans),
        bytes: segment.bytes - offset,
      },
      'the oldest of what waits was given up',
    );
    // What is under way may be of this segment, and would only be counted twice.
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#window = [];
    this.#move({ segment: segment.id, offset: segment.bytes, spans: segment.spans }, true);
    this.#cursor.seek(this.#position);
    this.#retry.stir();
    this.wake();
  }

  async stop(graceMs: number): Promise<void> {
    this.#state = 'draining';
    this.wake();
    const timer = setTimeout(() => this.#end(), graceMs);
    if (this.#retry.failures > 0) this.#end();
    await this.#running;
    clearTimeout(timer);
    this.#end();
    this.#settle();
    await this.#cursor.close();
    await this.#parts.sender.close();
  }

  #end(): void {
    this.#state = 'stopped';
    this.#abort.abort();
    this.#retry.stir();
    this.wake();
  }

  async #run(): Promise<void> {
    const { batchBytes } = this.#parts.destination;
    while (this.#state !== 'stopped') {
      this.#settle();
      const bytes = this.#window.reduce((sum, one) => sum + one.bytes, 0);
      const hasRoom =
        this.#window.length < limits.forwardWindow && bytes < limits.forwardWindow * batchBytes;
      if (hasRoom && (await this.#sendNext())) continue;
      if (this.#state === 'draining' && this.#window.length === 0) return;
      await this.#news.wait();
    }
  }

  /** Reads the next batch and sends it on its way; false when there is none. */
  async #sendNext(): Promise<boolean> {
    const next = await this.#read();
    if (next === undefined) return false;
    const { bodies, bytes, spans, damagedBytes, begin, end, release } = next;
    // A skip while it was read makes the batch one that was given up.
    if (isBefore(begin, this.#position) || this.#state === 'stopped') {
      release();
      return true;
    }
    if (damagedBytes > 0) {
      const dropped = { requests: 1, spans: 0, bytes: damagedBytes };
      this.#parts.onDropped({ ...dropped, reason: 'forward-damaged' }, 'damaged on disk');
    }
    const batch: UnderWay = { end, bytes, isDone: false };
    this.#window.push(batch);
    void this.#deliver({ bodies, bytes, spans }, batch, this.#abort.signal).then((isDone) => {
      batch.isDone = isDone;
      // What was cut off may still be on its way out of the buffer.
      if (isDone) release();
      this.wake();
    });
    return true;
  }

  /** A disk that cannot be read is waited for like a destination that does not answer. */
  async #read(): Promise<ReadBatch | undefined> {
    for (;;) {
      const signal = this.#abort.signal;
      try {
        return await this.#cursor.next();
      } catch (error) {
        this.#retry.failed(`the spool cannot be read: ${(error as Error).message}`, undefined);
        await this.#retry.turn(() => true, signal);
        if (this.#state !== 'running') return undefined;
      }
    }
  }

  /** Moves the position behind every batch that is done and has none before it. */
  #settle(): void {
    while (this.#window[0]?.isDone) {
      const { end } = this.#window.shift() as UnderWay;
      const segment = this.#parts.held.list().find(({ id }) => id === end.segment);
      this.#move(end, segment === undefined || end.offset >= segment.bytes);
    }
    this.#retry.stir();
  }

  #move(position: Position, isWholeSegment: boolean): void {
    this.#position = position;
    this.#parts.onMoved(position, isWholeSegment);
  }

  /**
   * Until it is taken, refused (true) or ended by the signal (false). A refused batch is halved: one
   * bad request costs only itself, and of one that is too large only what cannot be made smaller.
   */
  async #deliver(request: ForwardRequest, batch: UnderWay, signal: AbortSignal): Promise<boolean> {
    if (request.bodies.length === 0) return true;
    const isFirst = () => this.#window[0] === batch;
    for (;;) {
      await this.#retry.turn(isFirst, signal);
      if (signal.aborted) return false;
      const answer = await this.#parts.sender.send(request, signal);
      if (signal.aborted && answer.kind === 'later') return false;
      // Given up meanwhile, and counted as that.
      if (!this.#window.includes(batch)) return false;
      if (answer.kind === 'later') {
        this.#retry.failed(answer.reason, answer.afterMs);
        if (this.#state === 'draining') this.#end();
        continue;
      }
      this.#retry.succeeded();
      if (answer.kind === 'taken') {
        this.#taken(request, answer.rejected, answer.message);
        return true;
      }
      const halves = halvesOf(request.bodies, answer.isTooLarge === true);
      if (halves.length < 2) this.#drop(request, 'forward-refused', answer.reason);
      else {
        for (const half of halves) {
          const part = { bodies: half, bytes: lengthOf(half), spans: countAll(half) };
          if (!(await this.#deliver(part, batch, signal))) return false;
        }
      }
      return true;
    }
  }

  #taken({ bodies, spans }: ForwardRequest, rejected: number, message: string): void {
    const refused = Math.min(rejected, spans);
    this.#parts.onSent(spans - refused, bodies.length);
    if (refused === 0) return;
    const reason = 'forward-rejected';
    this.#parts.onDropped({ reason, requests: 0, spans: refused, bytes: 0 }, message);
  }

  #drop({ bodies, bytes, spans }: ForwardRequest, reason: DropReason, why: string): void {
    this.#parts.onDropped({ reason, requests: bodies.length, spans, bytes }, why);
  }
}

/** Fewer bodies each; of a single one that is too large, requests of about half its size. One: there is no less. */
function halvesOf(
  bodies: readonly Uint8Array[],
  isTooLarge: boolean,
): readonly (readonly Uint8Array[])[] {
  const [only] = bodies;
  if (bodies.length === 1 && only !== undefined) {
    return isTooLarge ? [...splitRequest(only, only.length >> 1)].map((part) => [part]) : [bodies];
  }
  const middle = bodies.length >> 1;
  return [bodies.slice(0, middle), bodies.slice(middle)];
}

function lengthOf(bodies: readonly Uint8Array[]): number {
  return bodies.reduce((sum, { length }) => sum + length, 0);
}
