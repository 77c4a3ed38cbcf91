/**
 * Reads what an application hands over, once: objects whose getters throw must neither reach the
 * application as an error of its tracing nor fail a second time when the span is encoded.
 * Never knows: the span.
 */

import { diag, type Link, type SpanContext, type SpanStatus } from '@opentelemetry/api';

/** A copy of the link, or `undefined` when it is none. */
export function readLink(link: Link): Link | undefined {
  try {
    const { context, attributes } = link;
    const { traceId, spanId, traceFlags, isRemote, traceState } = context;
    const copy: SpanContext = { traceId, spanId, traceFlags };
    if (isRemote !== undefined) copy.isRemote = isRemote;
    if (traceState !== undefined) copy.traceState = traceState;
    return attributes === undefined ? { context: copy } : { context: copy, attributes };
  } catch (error) {
    diag.warn('link: found what cannot be read, wanted a span context; left out', error);
    return undefined;
  }
}

/** Nothing when the status cannot be read. */
export function readStatus(status: SpanStatus): Partial<SpanStatus> {
  try {
    return { code: status?.code, message: status?.message };
  } catch (error) {
    diag.warn('status: found what cannot be read, wanted a code; left out', error);
    return {};
  }
}
