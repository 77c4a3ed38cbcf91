/**
 * OTLP's numbers as words. https://github.com/open-telemetry/opentelemetry-proto (trace.proto: SpanKind, StatusCode)
 *
 * Never knows: how they are shown.
 */

const kindNames = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
const statusNames = ['unset', 'ok', 'error'];

/** The server sends numbers or names; both read the same here. */
export function kindName(kind: number | string): string {
  return typeof kind === 'number' ? (kindNames[kind] ?? String(kind)) : kind;
}

export function statusName(status: number | string): string {
  return typeof status === 'number' ? (statusNames[status] ?? String(status)) : status;
}
