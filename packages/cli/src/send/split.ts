/**
 * OTLP messages → requests of a bounded size, by moving whole fields: no span is ever decoded.
 *
 * Concatenated protobuf messages merge, so small messages are simply put behind each other; a
 * message that is too large is cut between resources, then scopes, then spans, with what all parts
 * need (resource, scope, schema urls) repeated in each. Never knows: files, HTTP.
 */
import { createReader, createWriter } from '@clew/wire';

export interface Request {
  readonly body: Uint8Array;
  readonly spans: number;
}

export interface RequestLimits {
  readonly bytesMax: number;
  readonly spansMax: number;
}

/** The repeated field of each level: TracesData → ResourceSpans → ScopeSpans → Span. */
const REPEATED = [1, 2, 2] as const;
type Level = 0 | 1 | 2;

/** Tag and length around a nested message take at most this much. */
const WRAPPING_BYTES_MAX = 6;

/** Yields requests within the limits; a single span larger than `bytesMax` goes alone. */
export function* requests(
  messages: Iterable<Uint8Array>,
  limits: RequestLimits,
): Generator<Request> {
  let parts: Uint8Array[] = [];
  let bytes = 0;
  let spans = 0;
  for (const message of messages) {
    for (const piece of pieces(message, 0, limits)) {
      const isFull = bytes + piece.body.length > limits.bytesMax;
      if (parts.length > 0 && (isFull || spans + piece.spans > limits.spansMax)) {
        yield { body: concat(parts, bytes), spans };
        [parts, bytes, spans] = [[], 0, 0];
      }
      parts.push(piece.body);
      bytes += piece.body.length;
      spans += piece.spans;
    }
  }
  if (parts.length > 0) yield { body: concat(parts, bytes), spans };
}

function* pieces(message: Uint8Array, level: Level, limits: RequestLimits): Generator<Request> {
  const spans = countSpans(message, level);
  if (message.length <= limits.bytesMax && spans <= limits.spansMax) {
    yield { body: message, spans };
    return;
  }
  const { head, items } = takeApart(message, REPEATED[level]);
  const inner = {
    ...limits,
    bytesMax: Math.max(1, limits.bytesMax - head.length - WRAPPING_BYTES_MAX),
  };
  let part = begin(head);
  for (const item of items) {
    const below = level === 2 ? [{ body: item, spans: 1 }] : pieces(item, nextLevel(level), inner);
    for (const piece of below) {
      const isFull = part.bytes + piece.body.length + WRAPPING_BYTES_MAX > limits.bytesMax;
      if (part.spans > 0 && (isFull || part.spans + piece.spans > limits.spansMax)) {
        yield { body: part.writer.finish(), spans: part.spans };
        part = begin(head);
      }
      part.writer.bytes(REPEATED[level], piece.body);
      part.bytes += piece.body.length + WRAPPING_BYTES_MAX;
      part.spans += piece.spans;
    }
  }
  if (part.spans > 0) yield { body: part.writer.finish(), spans: part.spans };
}

function begin(head: Uint8Array) {
  const writer = createWriter();
  writer.raw(head, 0, head.length);
  return { writer, bytes: head.length, spans: 0 };
}

function nextLevel(level: Level): Level {
  return level === 0 ? 1 : 2;
}

export function countSpans(message: Uint8Array, level: Level = 0): number {
  const reader = createReader(message);
  let spans = 0;
  while (reader.next()) {
    if (reader.field !== REPEATED[level]) continue;
    spans += level === 2 ? 1 : countSpans(reader.bytes(), nextLevel(level));
  }
  return spans;
}

/** The fields that every part repeats, and the items that are shared out. */
function takeApart(message: Uint8Array, repeated: number) {
  const reader = createReader(message);
  const kept: Uint8Array[] = [];
  const items: Uint8Array[] = [];
  while (reader.next()) {
    if (reader.field === repeated) items.push(reader.bytes());
    else kept.push(message.subarray(reader.tagAt, reader.valueEnd));
  }
  return {
    head: concat(
      kept,
      kept.reduce((sum, one) => sum + one.length, 0),
    ),
    items,
  };
}

function concat(parts: readonly Uint8Array[], bytes: number): Uint8Array {
  if (parts.length === 1) return parts[0] as Uint8Array;
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
