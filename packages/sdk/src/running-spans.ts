/**
 * Reports spans that run for long, while they still run: hung, waiting and killed work becomes visible.
 *
 * The report is the span as it is so far, with its own ids, an end at the time of the report and the
 * attribute `clew.running` = true. The finished span comes later with the same ids and without the
 * attribute. Other back-ends would show two spans, so this is off unless it is asked for.
 * Never knows: how a report is sent.
 */

import type { Attributes, HrTime } from '@opentelemetry/api';
import { hrTimeOf, NS_PER_MS } from './clock.ts';
import type { ReadableSpan, SpanProcessor } from './readable-span.ts';

export const RUNNING = 'clew.running';

export interface RunningSpansOptions {
  /** A span is reported when it has run for so long; 10 s when absent. */
  readonly afterMs?: number;
  /** And again after so long, for ever longer waits: each interval doubles. */
  readonly againMs?: number;
  /** Watched at once; spans beyond that are not reported. */
  readonly watchedMax?: number;
}

const AFTER_MS = 10_000;
const AGAIN_MS = 60_000;
const WATCHED_MAX = 10_000;
const LOOK_MS_MAX = 1000;

interface Watched {
  dueMs: number;
  waitMs: number;
}

/** `report` gets the unfinished spans; usually the processor that sends the finished ones. */
export function runningSpans(
  report: Pick<SpanProcessor, 'onEnd'>,
  { afterMs = AFTER_MS, againMs = AGAIN_MS, watchedMax = WATCHED_MAX }: RunningSpansOptions = {},
): SpanProcessor {
  const watched = new Map<ReadableSpan, Watched>();
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    const nowMs = performance.now();
    for (const [span, watch] of watched) {
      if (watch.dueMs > nowMs) continue;
      report.onEnd(snapshot(span));
      watch.dueMs = nowMs + watch.waitMs;
      watch.waitMs *= 2;
    }
    if (watched.size === 0) stop();
  };
  const stop = () => {
    clearInterval(timer);
    timer = undefined;
  };
  return {
    readsAtOnce: true,
    wantsStart: true,
    onStart(span) {
      if (watched.size >= watchedMax || (span.spanContext().traceFlags & 1) === 0) return;
      watched.set(span, { dueMs: performance.now() + afterMs, waitMs: againMs });
      timer ??= setInterval(look, Math.min(afterMs, LOOK_MS_MAX)).unref();
    },
    onEnd(span) {
      watched.delete(span);
    },
    async forceFlush() {},
    async shutdown() {
      stop();
      watched.clear();
    },
  };
}

/** The span so far, as one that ends now. */
function snapshot(span: ReadableSpan): ReadableSpan {
  const now = performance.timeOrigin + performance.now();
  const ms = Math.floor(now);
  const endTime = hrTimeOf(ms, Math.floor((now - ms) * NS_PER_MS));
  const attributes: Attributes = { ...span.attributes, [RUNNING]: true };
  const { name, kind, startTime, status, links, events, resource, instrumentationScope } = span;
  const parent = span.parentSpanContext;
  return {
    name,
    kind,
    startTime,
    endTime: later(startTime, endTime),
    status,
    attributes,
    links: [...links],
    events: [...events],
    resource,
    instrumentationScope,
    spanContext: () => span.spanContext(),
    ...(parent === undefined ? {} : { parentSpanContext: parent }),
    duration: [0, 0],
    ended: false,
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount,
  };
}

function later(first: HrTime, second: HrTime): HrTime {
  return second[0] > first[0] || (second[0] === first[0] && second[1] > first[1]) ? second : first;
}
