/**
 * A span that records nothing: it carries the trace on. Its id is made when somebody asks for it.
 * Never knows: processors.
 */

import type { Span, SpanContext } from '@opentelemetry/api';
import { randomIds } from './ids.ts';
import type { LocalTrace } from './local-trace.ts';

export class SilentSpan implements Span {
  declare readonly trace: LocalTrace;
  declare context: SpanContext | undefined;

  constructor(trace: LocalTrace) {
    this.trace = trace;
    this.context = undefined;
  }

  spanContext(): SpanContext {
    this.context ??= {
      traceId: this.trace.traceId,
      spanId: randomIds.generateSpanId(),
      traceFlags: this.trace.random,
      ...(this.trace.traceState === undefined ? {} : { traceState: this.trace.traceState }),
    };
    return this.context;
  }

  setAttribute(): this {
    return this;
  }
  setAttributes(): this {
    return this;
  }
  addEvent(): this {
    return this;
  }
  addLink(): this {
    return this;
  }
  addLinks(): this {
    return this;
  }
  setStatus(): this {
    return this;
  }
  updateName(): this {
    return this;
  }
  end(): void {}
  isRecording(): boolean {
    return false;
  }
  recordException(): void {}
}
