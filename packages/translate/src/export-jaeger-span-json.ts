/**
 * OTLP bytes → spans as Jaeger's model has them in protobuf's JSON form, one text each with its process, as Jaeger's own
 * components exchange them over Kafka with encoding `json`. Read back by `jaeger-span-json.ts`; not the document of
 * Jaeger's user interface, which is `export-jaeger.ts`.
 *
 * Ids are base64, 64-bit numbers text, times RFC 3339, durations seconds with an `s`; zeros are left out.
 * Never knows: where they are sent.
 * https://protobuf.dev/programming-guides/json/
 */
import { hexToBytes } from '@clew/wire';
import { toBase64 } from './base64.ts';
import {
  type JaegerExportSpan,
  type JaegerReference,
  jaegerSpans,
  type Tag,
} from './export-jaeger-model.ts';
import { type JaegerSpanIn, shortTraceId } from './export-jaeger-proto.ts';

/** In order of appearance. @throws WireError when the bytes are no OTLP. */
export function* jaegerSpanTexts(otlp: Uint8Array): Generator<JaegerSpanIn<string>> {
  for (const span of jaegerSpans(otlp)) {
    yield { traceId: shortTraceId(span), value: JSON.stringify(spanOf(span)) };
  }
}

function spanOf(span: JaegerExportSpan): object {
  const { serviceName, tags } = span.process;
  return {
    traceId: idText(span.traceId),
    spanId: idText(span.spanId),
    operationName: span.name,
    references: span.references.map(reference),
    ...(span.flags !== 0 && { flags: span.flags }),
    startTime: timeText(span.startNs),
    duration: `${secondsText(span.durationNs)}s`,
    tags: span.tags.map(keyValue),
    logs: span.logs.map(({ timeNs, fields }) => ({
      timestamp: timeText(timeNs),
      fields: fields.map(keyValue),
    })),
    process: { serviceName, tags: tags.map(keyValue) },
    ...(span.warnings.length > 0 && { warnings: span.warnings }),
  };
}

function reference({ traceId, spanId, refType }: JaegerReference): object {
  return {
    traceId: idText(traceId),
    spanId: idText(spanId),
    ...(refType === 'FOLLOWS_FROM' && { refType }),
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
    case 'binary':
      return { key, vType: 'BINARY', vBinary: value };
    case 'string':
      return { key, vStr: value };
  }
}

function idText(hex: string): string {
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
