/**
 * Collects the spans of a block: those that start inside of it, however deep, and those of its traces
 * that start elsewhere in the process. Blocks that run at once do not see each other's spans.
 *
 * Needs no set-up: without a provider it registers one; with ours it listens along.
 * Never knows: assertions.
 */

import {
  type Context,
  context,
  createContextKey,
  propagation,
  type Span,
  trace,
} from '@opentelemetry/api';
import { asyncContext } from '../async-context.ts';
import { propagatorFromEnv } from '../propagate/composite.ts';
import type { ReadableSpan, SpanProcessor } from '../readable-span.ts';
import { alwaysOn } from '../samplers/always.ts';
import { ClewTracerProvider } from '../tracer-provider.ts';
import { CollectedSpans } from './collected-spans.ts';
import type { TestSpan } from './test-span.ts';

export interface CollectOptions {
  /** All spans of the process that start meanwhile, not only those of the block. */
  readonly everything?: boolean;
  /** How long spans that are still open after the block are waited for; 1000 ms when absent. */
  readonly settleMs?: number;
}

const SETTLE_MS = 1000;
const SPANS_MAX = 100_000;
const KEY = createContextKey('clew collects spans');
const KINDS = ['internal', 'server', 'client', 'producer', 'consumer'] as const;

/** Runs the block and answers its spans. What the block throws is thrown on. */
export async function collectSpans(
  block: () => unknown,
  options: CollectOptions = {},
): Promise<CollectedSpans> {
  listen();
  const collector = new Collector(options.everything === true);
  collectors.add(collector);
  try {
    await context.with(context.active().setValue(KEY, collector), block);
    await collector.settled(options.settleMs ?? SETTLE_MS);
  } finally {
    collectors.delete(collector);
  }
  return new CollectedSpans(treeOf(collector.spans));
}

class Collector {
  readonly spans: ReadableSpan[] = [];
  readonly #traceIds = new Set<string>();
  readonly #open = new Set<ReadableSpan>();
  readonly #takesAll: boolean;
  #onSettled: (() => void) | undefined;

  constructor(takesAll: boolean) {
    this.#takesAll = takesAll;
  }

  started(span: ReadableSpan, parent: Context): void {
    const { traceId } = span.spanContext();
    const isOurs = parent.getValue(KEY) === this || this.#traceIds.has(traceId);
    if ((!isOurs && !this.#takesAll) || this.spans.length >= SPANS_MAX) return;
    this.#traceIds.add(traceId);
    this.spans.push(span);
    this.#open.add(span);
  }

  ended(span: ReadableSpan): void {
    this.#open.delete(span);
    if (this.#open.size === 0) this.#onSettled?.();
  }

  /** Resolves when every span has ended, or the time is over. */
  async settled(waitMs: number): Promise<void> {
    if (this.#open.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      this.#onSettled = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

const collectors = new Set<Collector>();

/** Reads spans after their end, so it must not claim to read them at once. */
const listener: SpanProcessor = {
  onStart(span, parent) {
    for (const collector of collectors) collector.started(span, parent);
  },
  onEnd(span) {
    for (const collector of collectors) collector.ended(span);
  },
  async forceFlush() {},
  async shutdown() {},
};

const listening = new WeakSet<object>();

function listen(): void {
  const found = registered() ?? register();
  if (listening.has(found)) return;
  listening.add(found);
  found.addSpanProcessor(listener);
}

function registered(): ClewTracerProvider | undefined {
  const proxy = trace.getTracerProvider() as { getDelegate?(): unknown };
  const provider = proxy.getDelegate?.() ?? proxy;
  return provider instanceof ClewTracerProvider ? provider : undefined;
}

function register(): ClewTracerProvider {
  const provider = new ClewTracerProvider({ sampler: alwaysOn });
  if (!trace.setGlobalTracerProvider(provider)) {
    throw new Error('collectSpans: found a tracer provider of another SDK, wanted none or ours');
  }
  context.setGlobalContextManager(asyncContext);
  propagation.setGlobalPropagator(propagatorFromEnv());
  return provider;
}

type Mutable = { -readonly [Key in keyof TestSpan]: TestSpan[Key] } & { children: TestSpan[] };

function treeOf(spans: readonly ReadableSpan[]): TestSpan[] {
  const byId = new Map<string, Mutable>();
  const all = [...spans].sort((a, b) => ms(a.startTime) - ms(b.startTime)).map(testSpan);
  for (const span of all) byId.set(span.context.spanId, span);
  const parents = new Map(spans.map((one) => [one.spanContext().spanId, one.parentSpanContext]));
  for (const span of all) {
    const parent = byId.get(parents.get(span.context.spanId)?.spanId ?? '');
    if (parent === undefined || parent === span) continue;
    span.parent = parent;
    parent.children.push(span);
  }
  return all;
}

function testSpan(span: ReadableSpan): Mutable {
  const nowMs = performance.timeOrigin + performance.now();
  return {
    name: span.name,
    kind: KINDS[span.kind] ?? 'internal',
    attributes: { ...span.attributes },
    events: [...span.events],
    links: [...span.links],
    isError: span.status.code === 2,
    message: span.status.message,
    durationMs: span.ended ? ms(span.duration) : nowMs - ms(span.startTime),
    isOpen: !span.ended,
    scope: span.instrumentationScope.name,
    context: (span as ReadableSpan & Partial<Span>).spanContext(),
    parent: undefined,
    children: [],
  };
}

const ms = ([seconds, nanos]: [number, number]): number => seconds * 1000 + nanos / 1e6;
