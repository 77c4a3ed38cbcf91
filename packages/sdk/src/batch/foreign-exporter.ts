/**
 * Lets exporters written for the stock SDK work: span objects are kept and handed over as a list.
 * Dearer than bytes, so only for them. Never knows: bytes.
 */

import { diag } from '@opentelemetry/api';
import { activeContext, runIn } from '../async-context.ts';
import { suppressed } from '../context.ts';
import type { ReadableSpan, SpanExporter, SpanProcessor } from '../readable-span.ts';

export interface ObjectBatchOptions {
  readonly maxQueueSize?: number;
  readonly maxExportBatchSize?: number;
  readonly scheduledDelayMillis?: number;
}

const SUCCESS = 0;

export class ObjectBatchProcessor implements SpanProcessor {
  readonly #exporter: SpanExporter;
  readonly #limits: Required<ObjectBatchOptions>;
  #queue: ReadableSpan[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  #isShutDown = false;
  /** Spans lost because the queue was full or the exporter failed. */
  dropped = 0;

  constructor(exporter: SpanExporter, options: ObjectBatchOptions = {}) {
    this.#exporter = exporter;
    this.#limits = {
      maxQueueSize: 2048,
      maxExportBatchSize: 512,
      scheduledDelayMillis: 5000,
      ...options,
    };
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if (this.#isShutDown || (span.spanContext().traceFlags & 1) === 0) return;
    if (this.#queue.length >= this.#limits.maxQueueSize) {
      this.dropped += 1;
      return;
    }
    this.#queue.push(span);
    if (this.#queue.length >= this.#limits.maxExportBatchSize) this.#send();
    else if (this.#timer === undefined) {
      this.#timer = setTimeout(() => this.#send(), this.#limits.scheduledDelayMillis);
      this.#timer.unref();
    }
  }

  async forceFlush(): Promise<void> {
    await this.#send();
    await this.#exporter.forceFlush?.();
  }

  async shutdown(): Promise<void> {
    if (this.#isShutDown) return;
    this.#isShutDown = true;
    await this.forceFlush();
    await this.#exporter.shutdown();
  }

  #send(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sending ??= this.#sendAll();
    return this.#sending;
  }

  async #sendAll(): Promise<void> {
    // Never in the step of `span.end()`, and so never done before it was stored as the one sending.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#queue.length > 0) {
      const spans = this.#queue.splice(0, this.#limits.maxExportBatchSize);
      const code = await this.#export(spans);
      if (code !== SUCCESS) this.dropped += spans.length;
    }
    this.#sending = undefined;
  }

  #export(spans: ReadableSpan[]): Promise<number> {
    return new Promise((resolve) => {
      const done = ({ code, error }: { code: number; error?: Error }) => {
        if (error !== undefined) diag.error('an exporter failed', error);
        resolve(code);
      };
      try {
        runIn(suppressed(activeContext()), () => this.#exporter.export(spans, done));
      } catch (error) {
        diag.error('an exporter failed', error);
        resolve(1);
      }
    });
  }
}
