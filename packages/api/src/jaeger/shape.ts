/**
 * Lists of `query` → lists of Jaeger.
 *
 * Never knows: HTTP.
 */
import type { SeenOperation, TraceHit } from '@clew/query';

export type JaegerOperation = { readonly name: string; readonly spanKind: string };

/** Of one kind, or of all. A span without a kind counts as internal, as Jaeger's own UI takes it. */
export function operationsShape(
  operations: readonly SeenOperation[],
  spanKind: string,
): JaegerOperation[] {
  return operations
    .map(({ name, kind }) => ({ name, spanKind: kind === 'unspecified' ? 'internal' : kind }))
    .filter((each) => spanKind === '' || each.spanKind === spanKind.toLowerCase());
}

/** jaeger-ui refuses a whole list for one member of another form: 32 digits, times as text, counts as numbers. */
export function summaryShape(hit: TraceHit) {
  return {
    traceId: hit.traceId,
    rootServiceName: hit.rootService,
    rootOperationName: hit.rootName,
    minStartTimeUnixNano: hit.startNs,
    maxEndTimeUnixNano: String(BigInt(hit.startNs) + BigInt(Math.round(hit.durationNs))),
    spanCount: hit.spans,
    errorSpanCount: hit.errors,
    services: hit.services.map(({ name, spans, errors }) => ({
      name,
      spanCount: spans,
      errorSpanCount: errors,
    })),
  };
}
