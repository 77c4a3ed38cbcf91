/**
 * Sends finished spans in batches: encodes each when it ends, seals by size or time, sends one batch
 * after the other, and drops with a count when the queue is full.
 *
 * Memory is bounded by spans and by bytes. Never knows: the transport.
 * Source: https://opentelemetry.io/docs/specs/otel/trace/sdk/#batching-processor
 */

import { diag } from '@opentelemetry/api';
import { activeContext, runIn } from '../async-context.ts';
import { suppressed } from '../context.ts';
import { type Env, envNumber } from '../env.ts';
import { reseedAfterFork } from '../ids.ts';
import type { ReadableSpan, SpanProcessor } from '../readable-span.ts';
import { withTimeout } from '../with-timeout.ts';
import { type SpanBatch, SpanBin } from './span-bin.ts';

/** Where batches go. `send` never rejects; a false answer means that the batch is lost. */
export interface BatchExporter {
  send(batch: SpanBatch): Promise<boolean>;
  /** The same while the process stands still, for its exit; answers which were sent. Never throws. */
  sendNow?(batches: readonly SpanBatch[]): readonly boolean[];
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

export interface BatchOptions {
  readonly maxQueueSize?: number;
  readonly maxExportBatchSize?: number;
  readonly scheduledDelayMillis?: number;
  readonly exportTimeoutMillis?: number;
  /** Encoded bytes that may wait, beside the number of spans. */
  readonly queueBytesMax?: number;
}

export type DropReason =
  | 'queue_full'
  | 'queue_bytes'
  | 'export_failed'
  | 'shut_down'
  | 'not_encodable';

const QUEUE_BYTES_MAX = 8 * 1024 * 1024;
/** A batch of large spans leaves sooner: sealing it copies it, in one step. */
const BATCH_BYTES_MAX = 512 * 1024;

export interface BatchStats {
  /** Spans that the exporter took. */
  readonly sent: number;
  readonly waiting: number;
  readonly waitingBytes: number;
  readonly dropped: Readonly<Partial<Record<DropReason, number>>>;
  /** How many spans may wait. */
  readonly capacity: number;
}

export class BatchSpanProcessor implements SpanProcessor {
  readonly readsAtOnce = true;
  readonly #exporter: BatchExporter;
  readonly #bin = new SpanBin();
  readonly #limits: Required<BatchOptions>;
  readonly #dropped = new Map<DropReason, number>();
  #queue: SpanBatch[] = [];
  #queuedSpans = 0;
  #queuedBytes = 0;
  #sent = 0;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  /** The batch that the exporter has, and has not answered for. */
  #leaving: SpanBatch | undefined;
  #isShutDown = false;
  #isDropping = false;

  constructor(exporter: BatchExporter, options: BatchOptions = {}, env: Env = process.env) {
    this.#exporter = exporter;
    this.#limits = batchLimits(options, env);
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if (!isSampled(span)) return;
    if (this.#isShutDown) {
      this.#drop('shut_down', 1);
      return;
    }
    const { maxQueueSize, maxExportBatchSize, queueBytesMax } = this.#limits;
    if (this.#queuedSpans + this.#bin.spans >= maxQueueSize) {
      this.#drop('queue_full', 1);
      return;
    }
    if (this.#queuedBytes + this.#bin.size >= queueBytesMax) {
      this.#drop('queue_bytes', 1);
      return;
    }
    try {
      this.#bin.add(span);
    } catch (error) {
      diag.error(`span "${span.name}" could not be encoded`, error);
      this.#drop('not_encodable', 1);
      return;
    }
    if (this.#bin.spans >= maxExportBatchSize || this.#bin.size >= BATCH_BYTES_MAX) {
      this.#seal();
      this.#send();
    } else if (this.#timer === undefined) this.#schedule();
  }

  /** Everything that has ended is with the exporter when this resolves, and sent by it. */
  async forceFlush(): Promise<void> {
    await this.#resourceKnown();
    this.#seal();
    await this.#send();
    await this.#exporter.forceFlush();
  }

  async shutdown(): Promise<void> {
    if (this.#isShutDown) return;
    this.#isShutDown = true;
    try {
      await this.forceFlush();
    } finally {
      await this.#exporter.shutdown();
    }
  }

  /**
   * Sends what waits before this returns, as `process.exit()` needs it. A batch whose answer has not
   * come is sent once more: twice is better than never.
   */
  flushNow(): void {
    this.#bin.pending = undefined;
    this.#seal();
    const batches = [...(this.#leaving === undefined ? [] : [this.#leaving]), ...this.#queue];
    if (batches.length === 0 || this.#exporter.sendNow === undefined) return;
    this.#queue = [];
    this.#leaving = undefined;
    const sent = this.#exporter.sendNow(batches);
    batches.forEach((batch, at) => {
      this.#queuedSpans -= batch.spans;
      this.#queuedBytes -= batch.body.length;
      if (sent[at]) this.#sent += batch.spans;
      else this.#drop('export_failed', batch.spans);
    });
  }

  /** Spans sent, waiting, and dropped by reason: sent + waiting + dropped = ended and sampled. */
  stats(): BatchStats {
    return {
      sent: this.#sent,
      waiting: this.#queuedSpans + this.#bin.spans,
      waitingBytes: this.#queuedBytes + this.#bin.size,
      dropped: Object.fromEntries(this.#dropped),
      capacity: this.#limits.maxQueueSize,
    };
  }

  /** Waits for detectors that need time; they are bounded themselves. */
  async #resourceKnown(): Promise<void> {
    const { pending } = this.#bin;
    if (pending === undefined) return;
    await pending;
    if (this.#bin.pending === pending) this.#bin.pending = undefined;
    else await this.#resourceKnown();
  }

  #schedule(): void {
    const flush = () => {
      this.#timer = undefined;
      this.#seal();
      this.#send();
    };
    this.#timer = setTimeout(flush, this.#limits.scheduledDelayMillis);
    this.#timer.unref();
  }

  #seal(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#bin.spans === 0 || this.#bin.pending !== undefined) return;
    const batch = this.#bin.seal();
    this.#queue.push(batch);
    this.#queuedSpans += batch.spans;
    this.#queuedBytes += batch.body.length;
    reseedAfterFork();
  }

  /** One loop at a time, so that the exporter never sees two batches at once. */
  #send(): Promise<void> {
    this.#sending ??= this.#sendAll();
    return this.#sending;
  }

  async #sendAll(): Promise<void> {
    // The caller is an application's `span.end()`: it does not wait for the request to be made.
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#bin.pending !== undefined) {
      await this.#resourceKnown();
      this.#seal();
    }
    for (let batch = this.#queue.shift(); batch !== undefined; batch = this.#queue.shift()) {
      this.#leaving = batch;
      const isSent = await this.#sendOne(batch);
      if (this.#leaving !== batch) continue;
      this.#leaving = undefined;
      this.#queuedSpans -= batch.spans;
      this.#queuedBytes -= batch.body.length;
      if (isSent) this.#sent += batch.spans;
      else this.#drop('export_failed', batch.spans);
    }
    this.#isDropping = false;
    // In the same step as the last look at the queue, so that no batch can slip in between.
    this.#sending = undefined;
  }

  async #sendOne(batch: SpanBatch): Promise<boolean> {
    let isSent = false;
    const work = runIn(suppressed(activeContext()), () => this.#exporter.send(batch));
    try {
      const done = work.then((answer) => {
        isSent = answer;
      });
      await withTimeout('export', done, this.#limits.exportTimeoutMillis);
    } catch (error) {
      diag.error('a batch of spans was not exported', error);
    }
    return isSent;
  }

  #drop(reason: DropReason, spans: number): void {
    this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + spans);
    if (this.#isDropping) return;
    this.#isDropping = true;
    diag.warn(`spans are dropped: ${reason}; counted until the queue is empty again`);
  }
}

function isSampled(span: ReadableSpan): boolean {
  const own = (span as { isSampled?: boolean }).isSampled;
  return own ?? (span.spanContext().traceFlags & 1) === 1;
}

function batchLimits(given: BatchOptions, env: Env): Required<BatchOptions> {
  const maxQueueSize = given.maxQueueSize ?? envNumber(env, 'OTEL_BSP_MAX_QUEUE_SIZE', 1) ?? 2048;
  const batch =
    given.maxExportBatchSize ?? envNumber(env, 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 1) ?? 512;
  if (batch > maxQueueSize) {
    diag.warn(`batch size: found ${batch}, wanted at most the queue size ${maxQueueSize}`);
  }
  return {
    maxQueueSize,
    maxExportBatchSize: Math.min(batch, maxQueueSize),
    scheduledDelayMillis:
      given.scheduledDelayMillis ?? envNumber(env, 'OTEL_BSP_SCHEDULE_DELAY') ?? 5000,
    exportTimeoutMillis:
      given.exportTimeoutMillis ?? envNumber(env, 'OTEL_BSP_EXPORT_TIMEOUT') ?? 30_000,
    queueBytesMax: given.queueBytesMax ?? QUEUE_BYTES_MAX,
  };
}
