/**
 * What the spans of one provider share: resource, limits, and the processors in their order.
 *
 * An error of a processor is reported and stays here. Never knows: how a span is sampled.
 */

import { type Context, diag } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from './readable-span.ts';
import type { RecordingSpan } from './recording-span.ts';
import type { Resource } from './resource.ts';
import type { SpanLimits } from './span-limits.ts';

export class Pipeline {
  readonly resource: Resource;
  readonly limits: SpanLimits;
  /** Foreign processors first: they may still change what the last ones encode. */
  processors: readonly SpanProcessor[] = [];
  /** Whether some processor may read a span after `onEnd`, so that it must keep its content. */
  keepsSpans = false;
  /** Recording spans so far: started, and ended. */
  startedSpans = 0;
  endedSpans = 0;
  #hasEnding = false;
  #hasStarting = false;

  constructor(resource: Resource, limits: SpanLimits, processors: readonly SpanProcessor[]) {
    this.resource = resource;
    this.limits = limits;
    for (const processor of processors) this.add(processor);
  }

  add(processor: SpanProcessor): void {
    const all = [...this.processors, processor];
    const isLast = (one: SpanProcessor) => one.readsAtOnce === true;
    this.processors = [...all.filter((one) => !isLast(one)), ...all.filter(isLast)];
    this.keepsSpans = !all.every(isLast);
    this.#hasStarting = all.some((one) => !isLast(one) || one.wantsStart === true);
    this.#hasEnding = all.some(({ onEnding }) => onEnding !== undefined);
  }

  started(span: RecordingSpan, context: Context): void {
    this.startedSpans += 1;
    if (!this.#hasStarting) return;
    for (const processor of this.processors) {
      guard('onStart', () => processor.onStart(span, context));
    }
  }

  /** The end time is fixed, the span can still be changed. */
  ending(span: RecordingSpan): void {
    if (!this.#hasEnding) return;
    for (const processor of this.processors) guard('onEnding', () => processor.onEnding?.(span));
  }

  ended(span: ReadableSpan): void {
    this.endedSpans += 1;
    const { processors } = this;
    for (let at = 0; at < processors.length; at += 1) {
      try {
        processors[at]!.onEnd(span);
      } catch (error) {
        diag.error('span processor failed in onEnd', error);
      }
    }
  }
}

function guard(what: string, call: () => void): void {
  try {
    call();
  } catch (error) {
    diag.error(`span processor failed in ${what}`, error);
  }
}
