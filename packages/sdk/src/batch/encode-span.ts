/**
 * A finished span → the bytes of `ScopeSpans.spans`, without anything in between.
 * Never knows: batches.
 *
 * Source: https://github.com/open-telemetry/opentelemetry-proto (trace/v1/trace.proto)
 */

import type { SpanContext } from '@opentelemetry/api';
import { isId, wordAt } from '../ids.ts';
import type { ReadableSpan } from '../readable-span.ts';
import type { More, RecordingSpan, SpanEvent, SpanLink } from '../recording-span.ts';
import { encodeList, encodeObject } from './encode-attributes.ts';
import type { SpanBytes } from './span-bytes.ts';
import { encodeShaped, shapeOf } from './span-shape.ts';

/** Bits of `Span.flags` and `Link.flags`: whether it is known that the parent is remote, and if. */
const KNOWS_REMOTE = 0x100;
const IS_REMOTE = 0x200;
/** Everything of a span with a fixed size, with tags, and room for its counts. */
const FIXED_BYTES = 160;

export function encodeSpan(out: SpanBytes, span: RecordingSpan): void {
  out.room(FIXED_BYTES);
  out.byte(0x12);
  const mark = out.openWide();
  const { trace, more } = span;
  out.byte(0x0a);
  out.byte(16);
  out.word(trace.t0);
  out.word(trace.t1);
  out.word(trace.t2);
  out.word(trace.t3);
  out.byte(0x12);
  out.byte(8);
  out.word(span.s0);
  out.word(span.s1);
  if (trace.traceState !== undefined) encodeText(out, 0x1a, trace.traceState.serialize());
  if (span.p0 !== 0 || span.p1 !== 0) {
    out.byte(0x22);
    out.byte(8);
    out.word(span.p0);
    out.word(span.p1);
  }
  const shape = shapeOf(span.name);
  out.raw(shape.head);
  encodeTimes(out, span);
  if (more?.attributes !== undefined) encodeObject(out, 0x4a, more.attributes);
  else if (span.list !== undefined) encodeShaped(out, shape, span.list);
  encodeCount(out, 0x50, span.droppedAttributesCount);
  if (more === undefined) encodeStatus(out, span.code, undefined);
  else encodeMore(out, more, span.code);
  encodeFlags(out, 0x85, span.flags | remoteBits(span.foreignParent));
  out.closeWide(mark);
}

function encodeMore(out: SpanBytes, more: More, code: number): void {
  if (more.events !== undefined) encodeReadEvents(out, more.events);
  else for (const event of more.eventList ?? []) encodeEvent(out, event);
  encodeCount(out, 0x60, more.droppedEvents);
  if (more.links !== undefined) encodeReadLinks(out, more.links);
  else for (const link of more.linkList ?? []) encodeLink(out, link);
  encodeCount(out, 0x70, more.droppedLinks);
  const status = more.status ?? { code, message: more.message };
  encodeStatus(out, status.code, status.message);
}

/** A span of another SDK, read through the interface that all of them have. */
export function encodeReadable(out: SpanBytes, span: ReadableSpan): void {
  out.room(FIXED_BYTES);
  out.byte(0x12);
  const mark = out.openWide();
  const context = span.spanContext();
  encodeIds(out, context);
  const parent = span.parentSpanContext;
  if (parent !== undefined && isId(parent.spanId, 16)) {
    out.room(16);
    out.byte(0x22);
    out.byte(8);
    out.word(wordAt(parent.spanId, 0));
    out.word(wordAt(parent.spanId, 8));
  }
  encodeText(out, 0x2a, span.name);
  out.room(24);
  out.byte(0x30);
  out.byte(span.kind + 1);
  encodeHrTime(out, 0x39, span.startTime);
  encodeHrTime(out, 0x41, span.endTime);
  encodeObject(out, 0x4a, span.attributes);
  encodeCount(out, 0x50, span.droppedAttributesCount);
  encodeReadEvents(out, span.events);
  encodeCount(out, 0x60, span.droppedEventsCount);
  encodeReadLinks(out, span.links);
  encodeCount(out, 0x70, span.droppedLinksCount);
  encodeStatus(out, span.status.code, span.status.message);
  encodeFlags(out, 0x85, context.traceFlags | remoteBits(parent));
  out.closeWide(mark);
}

function encodeTimes(out: SpanBytes, span: RecordingSpan): void {
  out.room(24);
  out.byte(0x30);
  // The API counts kinds from 0, OTLP from 1.
  out.byte(span.kind + 1);
  out.byte(0x39);
  out.nanos(span.startMs, span.startNs);
  out.byte(0x41);
  out.nanos(span.endMs, span.endNs);
}

function encodeEvent(out: SpanBytes, { ms, ns, name, list }: SpanEvent): void {
  out.room(24);
  out.byte(0x5a);
  const mark = out.open();
  out.byte(0x09);
  out.nanos(ms, ns);
  encodeText(out, 0x12, name);
  if (list !== undefined) {
    encodeList(out, 0x1a, list);
    encodeCount(out, 0x20, list.dropped);
  }
  out.close(mark);
}

function encodeReadEvents(out: SpanBytes, events: ReadableSpan['events']): void {
  for (const { time, name, attributes, droppedAttributesCount } of events) {
    out.room(24);
    out.byte(0x5a);
    const mark = out.open();
    encodeHrTime(out, 0x09, time);
    encodeText(out, 0x12, name);
    encodeObject(out, 0x1a, attributes ?? {});
    encodeCount(out, 0x20, droppedAttributesCount ?? 0);
    out.close(mark);
  }
}

function encodeReadLinks(out: SpanBytes, links: ReadableSpan['links']): void {
  for (const { context, attributes, droppedAttributesCount } of links) {
    openLink(out, context, () => {
      encodeObject(out, 0x22, attributes ?? {});
      encodeCount(out, 0x28, droppedAttributesCount ?? 0);
    });
  }
}

function encodeLink(out: SpanBytes, { context, list }: SpanLink): void {
  openLink(out, context, () => {
    if (list === undefined) return;
    encodeList(out, 0x22, list);
    encodeCount(out, 0x28, list.dropped);
  });
}

function openLink(out: SpanBytes, context: SpanContext, attributes: () => void): void {
  out.room(64);
  out.byte(0x6a);
  const mark = out.open();
  encodeIds(out, context);
  attributes();
  out.room(8);
  out.byte(0x35);
  out.fixed32((context.traceFlags ?? 0) | remoteBits(context));
  out.close(mark);
}

/** Trace id, span id and trace state: fields 1 to 3 of a span and of a link. */
function encodeIds(out: SpanBytes, { traceId, spanId, traceState }: SpanContext): void {
  const hexTrace = isId(traceId, 32) ? traceId : '0'.repeat(32);
  const hexSpan = isId(spanId, 16) ? spanId : '0'.repeat(16);
  out.byte(0x0a);
  out.byte(16);
  for (let at = 0; at < 32; at += 8) out.word(wordAt(hexTrace, at));
  out.byte(0x12);
  out.byte(8);
  for (let at = 0; at < 16; at += 8) out.word(wordAt(hexSpan, at));
  if (traceState !== undefined) encodeText(out, 0x1a, traceState.serialize());
}

function encodeStatus(out: SpanBytes, code: number, message: string | undefined): void {
  if (code === 0 && message === undefined) return;
  out.room(8);
  out.byte(0x7a);
  const mark = out.open();
  if (message !== undefined) encodeText(out, 0x12, message);
  out.room(4);
  out.byte(0x18);
  out.byte(code);
  out.close(mark);
}

function encodeText(out: SpanBytes, tag: number, text: string): void {
  if (text === '') return;
  out.room(8);
  out.byte(tag);
  out.text(text);
}

function encodeCount(out: SpanBytes, tag: number, count: number): void {
  if (count === 0) return;
  out.room(8);
  out.byte(tag);
  out.varint(count);
}

/** Field 16 has a tag of two bytes. */
function encodeFlags(out: SpanBytes, tag: number, flags: number): void {
  out.room(8);
  out.byte(tag);
  out.byte(0x01);
  out.fixed32(flags);
}

function encodeHrTime(out: SpanBytes, tag: number, [seconds, nanos]: [number, number]): void {
  const ms = Math.floor(nanos / 1e6);
  out.byte(tag);
  out.nanos(seconds * 1000 + ms, nanos - ms * 1e6);
}

function remoteBits(context: SpanContext | undefined): number {
  return context?.isRemote ? KNOWS_REMOTE | IS_REMOTE : KNOWS_REMOTE;
}
