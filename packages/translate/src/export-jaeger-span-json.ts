/**
 * OTLP bytes → spans as Jaeger's model has them in protobuf's JSON form, one text each with its process, as Jaeger's own
 * components exchange them over Kafka with encoding `json`. The same as `export-jaeger-proto.ts` writes in protobuf;
 * not the document of Jaeger's user interface, which is `export-jaeger.ts`.
 *
 * Ids are base64, 64-bit numbers text, times RFC 3339, durations seconds with an `s`; zeros are left out.
 * Never knows: where they are sent.
 * https://protobuf.dev/programming-guides/json/
 */
import { hexToBytes } from '@clew/wire';
import { toBase64 } from './base64.ts';
import {
  logOf,
  processFields,
  type Reference,
  referencesOf,
  type Tag,
  tagsOf,
} from './export-jaeger.ts';
import { type JaegerSpanIn, jaegerTraceId } from './export-jaeger-proto.ts';
import { type ExportEvent, type Exported, exportedSpans } from './export-otlp.ts';

/** In order of appearance. @throws WireError when the bytes are no OTLP. */
export function* jaegerSpanTexts(otlp: Uint8Array): Generator<JaegerSpanIn<string>> {
  for (const exported of exportedSpans(otlp)) {
    yield { traceId: jaegerTraceId(exported), value: JSON.stringify(spanOf(exported)) };
  }
}

function spanOf({ span, scope, resource }: Exported): object {
  const startNs = BigInt(span.startTimeUnixNano ?? 0);
  const endNs = BigInt(span.endTimeUnixNano ?? 0);
  const { serviceName, tags } = processFields(resource);
  return {
    traceId: idText(span.traceId),
    spanId: idText(span.spanId),
    operationName: span.name ?? '',
    references: referencesOf(span).map(reference),
    ...(span.flags && { flags: span.flags }),
    startTime: timeText(startNs),
    duration: `${secondsText(endNs > startNs ? endNs - startNs : 0n)}s`,
    tags: tagsOf(span, scope).map(keyValue),
    logs: (span.events ?? []).map(log),
    process: { serviceName, tags: tags.map(keyValue) },
  };
}

function reference({ traceID, spanID, refType }: Reference): object {
  return {
    traceId: idText(traceID),
    spanId: idText(spanID),
    ...(refType === 'FOLLOWS_FROM' && { refType }),
  };
}

function log(event: ExportEvent): object {
  return {
    timestamp: timeText(BigInt(event.timeUnixNano ?? 0)),
    fields: logOf(event).fields.map(keyValue),
  };
}

function keyValue({ key, type, value }: Tag): object {
  switch (type) {
    case 'bool':
      return { key, vType: 'BOOL', vBool: value };
    case 'int64':
      return { key, vType: 'INT64', vInt64: String(value) };
    case 'float64':
      return { key, vType: 'FLOAT64', vFloat64: value };
    case 'string':
      return { key, vStr: value };
  }
}

function idText(hex = ''): string {
  return toBase64(hexToBytes(hex) ?? new Uint8Array(0));
}

const NS_PER_S = 1_000_000_000n;

function timeText(ns: bigint): string {
  const whole = new Date(Number(ns / NS_PER_S) * 1000).toISOString().slice(0, 19);
  return `${whole}${fractionText(ns % NS_PER_S)}Z`;
}

function secondsText(ns: bigint): string {
  return `${ns / NS_PER_S}${fractionText(ns % NS_PER_S)}`;
}

/** Nothing, or three, six or nine digits behind a dot. */
function fractionText(ns: bigint): string {
  const digits = String(ns)
    .padStart(9, '0')
    .replace(/(?:000){1,3}$/, '');
  return digits === '' ? '' : `.${digits}`;
}
