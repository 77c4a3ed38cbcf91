/**
 * Answers of `tempopb.StreamingQuerier` as bytes, written from the same data as the JSON.
 * https://github.com/grafana/tempo/blob/main/pkg/tempopb/tempo.proto
 *
 * Never knows: gRPC.
 */
import type { TypedValue } from '@clew/query';
import { createWriter, type Writer } from '@clew/wire';
import type { InstantSeries, MetricsAnswer, RangeSeries } from './metrics-shape.ts';
import type {
  FoundSet,
  FoundSpan,
  FoundTrace,
  SearchMetrics,
  ServiceStats,
  TagPair,
  TagValue,
} from './search-shape.ts';
import type { ScopedTags } from './tag-answers.ts';

export function searchResponse(traces: readonly FoundTrace[], metrics: SearchMetrics): Uint8Array {
  return bytesOf((writer) => {
    messages(writer, 1, traces, writeTrace);
    message(writer, 2, metrics, writeMetrics);
  });
}

export function tagsResponse(tags: readonly string[]): Uint8Array {
  return bytesOf((writer) => {
    for (const tag of tags) writer.string(1, tag);
    writer.end(writer.begin(2));
  });
}

export function scopedTagsResponse(scopes: readonly ScopedTags[]): Uint8Array {
  return bytesOf((writer) => {
    messages(writer, 1, scopes, (_, { name, tags }) => {
      writer.string(1, name);
      for (const tag of tags) writer.string(2, tag);
    });
    writer.end(writer.begin(2));
  });
}

export function typedValuesResponse(values: readonly TypedValue[]): Uint8Array {
  return bytesOf((writer) => {
    messages(writer, 1, values, (_, { type, value }) => {
      writer.string(1, type);
      text(writer, 2, value);
    });
    writer.end(writer.begin(2));
  });
}

export function rangeResponse(answer: MetricsAnswer<RangeSeries>): Uint8Array {
  return metricsResponse(answer, (writer, { labels, samples, exemplars = [] }) => {
    messages(writer, 1, labels, writePair);
    messages(writer, 2, samples, (_, { value, timestampMs }) => {
      double(writer, 1, value);
      writer.varint64(2, BigInt(timestampMs));
    });
    messages(writer, 4, exemplars, (_, { labels, value, timestampMs }) => {
      messages(writer, 1, labels, writePair);
      double(writer, 2, value);
      writer.varint64(3, BigInt(timestampMs));
    });
  });
}

export function instantResponse(answer: MetricsAnswer<InstantSeries>): Uint8Array {
  return metricsResponse(answer, (writer, { labels, value }) => {
    messages(writer, 1, labels, writePair);
    double(writer, 2, value);
  });
}

const PARTIAL = 1;

type Write<T> = (writer: Writer, message: T) => void;

function metricsResponse<One>(answer: MetricsAnswer<One>, write: Write<One>): Uint8Array {
  return bytesOf((writer) => {
    messages(writer, 1, answer.series, write);
    message(writer, 2, answer.metrics, writeMetrics);
    if (answer.status !== undefined) writer.varint(3, PARTIAL);
    text(writer, 4, answer.message);
  });
}

function writeTrace(writer: Writer, trace: FoundTrace): void {
  writer.string(1, trace.traceID);
  text(writer, 2, trace.rootServiceName);
  text(writer, 3, trace.rootTraceName);
  writer.varint64(4, BigInt(trace.startTimeUnixNano));
  if (trace.durationMs !== undefined) writer.varint(5, trace.durationMs);
  if (trace.spanSet !== undefined) message(writer, 6, trace.spanSet, writeSet);
  messages(writer, 7, trace.spanSets ?? [], writeSet);
  messages(writer, 8, Object.entries(trace.serviceStats ?? {}), writeStats);
}

function writeSet(writer: Writer, { spans, matched, attributes }: FoundSet): void {
  messages(writer, 1, spans, writeSpan);
  if (matched !== 0) writer.varint(2, matched);
  messages(writer, 3, attributes ?? [], writePair);
}

function writeSpan(writer: Writer, span: FoundSpan): void {
  writer.string(1, span.spanID);
  text(writer, 2, span.name);
  writer.varint64(3, BigInt(span.startTimeUnixNano));
  if (span.durationNanos !== undefined) writer.varint64(4, BigInt(span.durationNanos));
  messages(writer, 5, span.attributes ?? [], writePair);
}

/** An entry of the map. */
function writeStats(writer: Writer, [service, stats]: readonly [string, ServiceStats]): void {
  writer.string(1, service);
  message(writer, 2, stats, (_, { spanCount, errorCount }) => {
    writer.varint(1, spanCount);
    if (errorCount !== undefined) writer.varint(2, errorCount);
  });
}

function writeMetrics(writer: Writer, metrics: SearchMetrics): void {
  if (metrics.completedJobs !== undefined) writer.varint(4, metrics.completedJobs);
  writer.varint(5, metrics.totalJobs);
  if (metrics.inspectedSpans !== undefined) writer.varint64(7, BigInt(metrics.inspectedSpans));
}

function writePair(writer: Writer, { key, value }: TagPair): void {
  writer.string(1, key);
  message(writer, 2, value, writeValue);
}

function writeValue(writer: Writer, value: TagValue): void {
  if ('stringValue' in value) writer.string(1, value.stringValue);
  else if ('boolValue' in value) writer.bool(2, value.boolValue);
  else if ('intValue' in value) writer.varint64(3, BigInt(value.intValue));
  else writer.double(4, Number(value.doubleValue));
}

function bytesOf(write: (writer: Writer) => void): Uint8Array {
  const writer = createWriter();
  write(writer);
  return writer.finish();
}

function message<T>(writer: Writer, field: number, of: T, write: Write<T>): void {
  const mark = writer.begin(field);
  write(writer, of);
  writer.end(mark);
}

function messages<T>(writer: Writer, field: number, all: readonly T[], write: Write<T>): void {
  for (const one of all) message(writer, field, one, write);
}

function text(writer: Writer, field: number, value = ''): void {
  if (value !== '') writer.string(field, value);
}

/** Words stand for what JSON has no number for. */
function double(writer: Writer, field: number, value: number | string = 0): void {
  if (value !== 0) writer.double(field, Number(value));
}
