/**
 * Step 2 of 10 in a span's walk.   before: collector/src/receivers/http.ts   after: collector/src/segment.ts
 *
 * One pass over the bytes of a request that counts its spans and says whether they may be appended
 * as they are (clean), must be mended first (mend), or are no OTLP at all (refuse). It allocates
 * nothing: positions are numbers, failures are −1, and the result object is reused. Whatever the
 * engine's Protobuf reader treats otherwise than protobuf does (store.md §5) is never clean.
 * Never knows: a span; what is done about a verdict.
 */

import type { WalkLimits } from './limits.ts';
import { isText } from './text.ts';

export type Verdict = 'clean' | 'mend' | 'refuse';

export interface Walk {
  verdict: Verdict;
  /** Spans in the body, those to be rejected included; for 'refuse', those before the offset. */
  spans: number;
  /** Byte offset of what `reason` names; −1 for 'clean'. */
  offset: number;
  /** Short code of the first thing found; '' for 'clean'. A refusal replaces an earlier mend. */
  reason: WalkReason | '';
  /** Where the first span's content starts and ends; −1 when there is none. */
  firstSpanOffset: number;
  firstSpanEnd: number;
}

export type RefuseReason =
  | 'truncated'
  | 'varint-too-long'
  | 'wrong-wire-type'
  | 'group'
  | 'bad-field-number'
  | 'too-many-spans';

export type MendReason =
  | 'trace-id'
  | 'span-id'
  | 'parent-span-id'
  | 'link-id'
  | 'repeated-field'
  | 'two-members'
  | 'unknown-enum'
  | 'number-range'
  | 'padded-varint'
  | 'reserved-field'
  | 'not-utf8'
  | 'attributes'
  | 'key-length'
  | 'value-length'
  | 'value-depth'
  | 'name-length'
  | 'events'
  | 'links'
  | 'start-time'
  | 'end-time'
  | 'duration';

export type WalkReason = RefuseReason | MendReason;

/** Numbers of the fields that a message knows, as bits: any other wire type for them is wrong. */
const KNOWN_TRACES = 0b10;
const KNOWN_THREE = 0b1110;
const KNOWN_TWO = 0b110;
const KNOWN_FOUR = 0b11110;
const KNOWN_SIX = 0b1111110;
const KNOWN_STATUS = 0b1100;
const KNOWN_VALUE = 0b11111110;
const KNOWN_LIST = 0b10;
const KNOWN_SPAN = 0x1fffe;

const TWO_32 = 4294967296;
const NS_PER_MS = 1e6;
const KIND_MAX = 5;
const STATUS_MAX = 2;

const walk: Walk = {
  verdict: 'clean',
  spans: 0,
  offset: -1,
  reason: '',
  firstSpanOffset: -1,
  firstSpanEnd: -1,
};

// The state of the pass. One pass runs at a time, to its end: nothing here is ever awaited.
let bytes: Uint8Array = new Uint8Array(0);
/** Where the content starts that `open` opened. */
let contentAt = 0;
/** The tag that `wideTag` read. */
let tagValue = 0;
let oursAllowed = false;
let spansMax = 0;
let attributesMax = 0;
let originAttributesMax = 0;
let keyBytesMax = 0;
let valueBytesMax = 0;
let nameBytesMax = 0;
let eventsMax = 0;
let linksMax = 0;
let depthMax = 0;
let earliestNs = 0;
let latestNs = 0;
let durationNsMax = 0;

/**
 * Walks a `TracesData` or `ExportTraceServiceRequest` body. `nowMs` is the epoch time that the
 * window of `limits` is laid around. The result is reused by the next call: read it before.
 */
export function walkTraces(body: Uint8Array, limits: WalkLimits, nowMs: number): Walk {
  beginWalk(body, limits, nowMs, false);
  walkTracesData(0, body.length);
  return endWalk();
}

/** What may be walked apart from the whole body, for mend.ts. */
export type Part = 'traces' | 'resource' | 'scope' | 'scopeSpans' | 'span' | 'keyValue';

/**
 * Walks the bytes `at … end` of `body` as one message of kind `part`. `ours` allows the marks that
 * `mendTraces` leaves. `depth` is that of the message's values.
 */
export function walkPart(
  part: Part,
  body: Uint8Array,
  range: { readonly at: number; readonly end: number },
  limits: WalkLimits,
  nowMs: number,
  options: { readonly ours: boolean; readonly depth: number },
): Walk {
  beginWalk(body, limits, nowMs, options.ours);
  const { at, end } = range;
  switch (part) {
    case 'traces':
      walkTracesData(at, end);
      break;
    case 'resource':
      walkResource(at, end);
      break;
    case 'scope':
      walkScope(at, end);
      break;
    case 'scopeSpans':
      walkScopeSpans(at, end);
      break;
    case 'span':
      walkSpan(at, end);
      break;
    case 'keyValue':
      walkKeyValue(at, end, options.depth);
      break;
  }
  return endWalk();
}

function beginWalk(body: Uint8Array, limits: WalkLimits, nowMs: number, ours: boolean): void {
  bytes = body;
  oursAllowed = ours;
  spansMax = limits.spansPerRequest;
  attributesMax = limits.attributesPerSpan;
  originAttributesMax = limits.attributesPerResource;
  keyBytesMax = limits.keyBytes;
  valueBytesMax = limits.valueBytes;
  nameBytesMax = limits.nameBytes;
  eventsMax = limits.eventsPerSpan;
  linksMax = limits.linksPerSpan;
  depthMax = limits.valueDepth;
  // Epoch nanoseconds as doubles are exact to 256 ns, which is nothing beside a window of hours.
  earliestNs = (nowMs - limits.pastMs) * NS_PER_MS;
  latestNs = (nowMs + limits.futureMs) * NS_PER_MS;
  durationNsMax = limits.durationMs * NS_PER_MS;
  walk.verdict = 'clean';
  walk.spans = 0;
  walk.offset = -1;
  walk.reason = '';
  walk.firstSpanOffset = -1;
  walk.firstSpanEnd = -1;
}

function endWalk(): Walk {
  bytes = new Uint8Array(0);
  return walk;
}

function walkTracesData(from: number, end: number): boolean {
  let at = from;
  while (at < end) {
    const tagAt = at;
    let tag = bytes[at++]!;
    if (tag > 0x7f) {
      at = wideTag(tagAt, end);
      if (at < 0) return false;
      tag = tagValue;
    }
    if (tag === 0x0a) {
      const stop = open(at, end);
      if (stop < 0 || !walkResourceSpans(contentAt, stop)) return false;
      at = stop;
      continue;
    }
    const field = tag >>> 3;
    if (field >= 1000 && field <= 1003) {
      mend('reserved-field', tagAt);
    }
    at = skip(at, end, tag, KNOWN_TRACES, tagAt);
    if (at < 0) return false;
  }
  return true;
}

function walkResourceSpans(from: number, end: number): boolean {
  let at = from;
  let seen = 0;
  while (at < end) {
    const tagAt = at;
    let tag = bytes[at++]!;
    if (tag > 0x7f) {
      at = wideTag(tagAt, end);
      if (at < 0) return false;
      tag = tagValue;
    }
    if (tag === 0x12) {
      const stop = open(at, end);
      if (stop < 0 || !walkScopeSpans(contentAt, stop)) return false;
      at = stop;
    } else if (tag === 0x0a) {
      seen = once(seen, 1, tagAt);
      const stop = open(at, end);
      if (stop < 0 || !walkResource(contentAt, stop)) return false;
      at = stop;
    } else if (tag === 0x1a) {
      seen = once(seen, 3, tagAt);
      at = text(at, end, valueBytesMax, 'value-length');
      if (at < 0) return false;
    } else {
      at = skip(at, end, tag, KNOWN_THREE, tagAt);
      if (at < 0) return false;
    }
  }
  return true;
}

function walkResource(from: number, end: number): boolean {
  let at = from;
  let seen = 0;
  let attributes = 0;
  while (at < end) {
    const tagAt = at;
    let tag = bytes[at++]!;
    if (tag > 0x7f) {
      at = wideTag(tagAt, end);
      if (at < 0) return false;
      tag = tagValue;
    }
    if (tag === 0x0a) {
      if (++attributes > originAttributesMax) mend('attributes', tagAt);
      const stop = open(at, end);
      if (stop < 0 || !walkKeyValue(contentAt, stop, 1)) return false;
      at = stop;
    } else if (tag === 0x10) {
      seen = once(seen, 2, tagAt);
      at = uint32(at, end);
      if (at < 0) return false;
    } else {
      at = skip(at, end, tag, KNOWN_TWO, tagAt);
      if (at < 0) return false;
    }
  }
  return true;
}

function walkScopeSpans(from: number, end: number): boolean {
  let at = from;
  let seen = 0;
  while (at < end) {
    const tagAt = at;
    let tag = bytes[at++]!;
    if (tag > 0x7f) {
      at = wideTag(tagAt, end);
      if (at < 0) return false;
      tag = tagValue;
    }
    if (tag === 0x12) {
      const stop = open(at, end);
      if (stop < 0 || !walkSpan(contentAt, stop)) return false;
      at = stop;
    } else if (tag === 0x0a) {
      seen = once(seen, 1, tagAt);
      const stop = open(at, end);
      if (stop < 0 || !walkScope(contentAt, stop)) return false;
      at = stop;
    } else if (tag === 0x1a) {
      seen = once(seen, 3, tagAt);
      at = text(at, end, valueBytesMax, 'value-length');
      if (at < 0) return false;
    } else {
      at = skip(at, end, tag, KNOWN_THREE, tagAt);
      if (at < 0) return false;
    }
  }
  return true;
}

function walkScope(from: number, end: number): boolean {
  let at = from;
  let seen = 0;
  let attributes = 0;
  while (at < end) {
    const tagAt = at;
    let tag = bytes[at++]!;
    if (tag > 0x7f) {
      at = wideTag(tagAt, end);
      if (at < 0) return false;
      tag = tagValue;
    }
    if (tag === 0x0a || tag === 0x12) {
      seen = once(seen, tag >>> 3, tagAt);
      at = text(at, end, nameBytesMax, 'name-length');
    } else if (tag === 0x1a) {
      if (++attributes > originAttributesMax) mend('attributes', tagAt);
      const stop = open(at, end);
      if (stop < 0 || !walkKeyValue(contentAt, stop, 1)) return false;
      at = stop;
    } else if (tag === 0x20) {
      seen = once(seen, 4, tagAt);
      at = uint32(at, end);
    } else {
      at = skip(at, end, tag, KNOWN_FOUR, tagAt);
    }
    if (at < 0) return false;
  }
  return true;
}

/** Long, and deliberately so: this loop sees every byte of every span. */
function walkSpan(from: number, end: number): boolean {
  if (++walk.spans > spansMax) return refuse('too-many-spans', from);
  if (walk.firstSpanOffset < 0) {
    walk.firstSpanOffset = from;
    walk.firstSpanEnd = end;
  }
  let at = from;
  let seen = 0;
  let attributes = 0;
  let events = 0;
  let links = 0;
  let startNs = 0;
  let endNs = 0;
  while (at < end) {
    const tagAt = at;
    let tag = bytes[at++]!;
    if (tag > 0x7f) {
      at = wideTag(tagAt, end);
      if (at < 0) return false;
      tag = tagValue;
    }
    let stop = 0;
    switch (tag) {
      case 0x4a: // attributes
        if (++attributes > attributesMax) mend('attributes', tagAt);
        stop = open(at, end);
        if (stop < 0 || !walkKeyValue(contentAt, stop, 1)) return false;
        at = stop;
        break;
      case 0x0a: // trace_id
        seen = once(seen, 1, tagAt);
        stop = open(at, end);
        if (stop < 0) return false;
        if (stop - contentAt !== 16 || isZeroRun(contentAt, stop)) mend('trace-id', tagAt);
        at = stop;
        break;
      case 0x12: // span_id
        seen = once(seen, 2, tagAt);
        stop = open(at, end);
        if (stop < 0) return false;
        if (stop - contentAt !== 8 || isZeroRun(contentAt, stop)) mend('span-id', tagAt);
        at = stop;
        break;
      case 0x22: // parent_span_id
        seen = once(seen, 4, tagAt);
        stop = open(at, end);
        if (stop < 0) return false;
        if (stop !== contentAt && stop - contentAt !== 8) mend('parent-span-id', tagAt);
        at = stop;
        break;
      case 0x1a: // trace_state
        seen = once(seen, 3, tagAt);
        at = text(at, end, valueBytesMax, 'value-length');
        if (at < 0) return false;
        break;
      case 0x2a: // name
        seen = once(seen, 5, tagAt);
        at = text(at, end, nameBytesMax, 'name-length');
        if (at < 0) return false;
        break;
      case 0x30: // kind
        seen = once(seen, 6, tagAt);
        at = enumeration(at, end, KIND_MAX);
        if (at < 0) return false;
        break;
      case 0x39: // start_time_unix_nano
        seen = once(seen, 7, tagAt);
        if (at + 8 > end) return refuse('truncated', tagAt);
        startNs = fixed64(at);
        at += 8;
        break;
      case 0x41: // end_time_unix_nano
        seen = once(seen, 8, tagAt);
        if (at + 8 > end) return refuse('truncated', tagAt);
        endNs = fixed64(at);
        at += 8;
        break;
      case 0x50: // dropped_attributes_count
      case 0x60: // dropped_events_count
      case 0x70: // dropped_links_count
        seen = once(seen, tag >>> 3, tagAt);
        at = uint32(at, end);
        if (at < 0) return false;
        break;
      case 0x5a: // events
        if (++events > eventsMax) mend('events', tagAt);
        stop = open(at, end);
        if (stop < 0 || !walkEvent(contentAt, stop)) return false;
        at = stop;
        break;
      case 0x6a: // links
        if (++links > linksMax) mend('links', tagAt);
        stop = open(at, end);
        if (stop < 0 || !walkLink(contentAt, stop)) return false;
        at = stop;
        break;
      case 0x7a: // status
        seen = once(seen, 15, tagAt);
        stop = open(at, end);
        if (stop < 0 || !walkStatus(contentAt, stop)) return false;
        at = stop;
        break;
      case 0x85: // flags
        seen = once(seen, 16, tagAt);
        if (at + 4 > end) return refuse('truncated', tagAt);
        at += 4;
        break;
      default:
        if (tag >>> 3 === 1000 && !oursAllowed) mend('reserved-field', tagAt);
        at = skip(at, end, tag, KNOWN_SPAN, tagAt);
        if (at < 0) return false;
    }
  }
  if ((seen & 0b10) === 0) mend('trace-id', from);
  if ((seen & 0b100) === 0) mend('span-id', from);
  if (startNs < earliestNs || startNs > latestNs) mend('start-time', from);
  if (endNs < startNs) mend('end-time', from);
  if (endNs - startNs > durationNsMax) mend('duration', from);
  return true;
}

function walkEvent(from: number, end: number): boolean {
  let at = from;
  let seen = 0;
  let attributes = 0;
  while (at < end) {
    const tagAt = at;
    let tag = bytes[at++]!;
    if (tag > 0x7f) {
      at = wideTag(tagAt, end);
      if (at < 0) return false;
      tag = tagValue;
    }
    if (tag === 0x1a) {
      if (++attributes > attributesMax) mend('attributes', tagAt);
      const stop = open(at, end);
      if (stop < 0 || !walkKeyValue(contentAt, stop, 1)) return false;
      at = stop;
    } else if (tag === 0x09) {
      seen = once(seen, 1, tagAt);
      if (at + 8 > end) return refuse('truncated', tagAt);
      at += 8;
    } else if (tag === 0x12) {
      seen = once(seen, 2, tagAt);
      at = text(at, end, nameBytesMax, 'name-length');
    } else if (tag === 0x20) {
      seen = once(seen, 4, tagAt);
      at = uint32(at, end);
    } else {
      at = skip(at, end, tag, KNOWN_FOUR, tagAt);
    }
    if (at < 0) return false;
  }
  return true;
}

function walkLink(from: number, end: number): boolean {
  let at = from;
  let seen = 0;
  let attributes = 0;
  while (at < end) {
    const tagAt = at;
    let tag = bytes[at++]!;
    if (tag > 0x7f) {
      at = wideTag(tagAt, end);
      if (at < 0) return false;
      tag = tagValue;
    }
    let stop = 0;
    switch (tag) {
      case 0x0a: // trace_id: the specification lets a link have none
      case 0x12: // span_id
        seen = once(seen, tag >>> 3, tagAt);
        stop = open(at, end);
        if (stop < 0) return false;
        if (stop !== contentAt && stop - contentAt !== (tag === 0x0a ? 16 : 8)) {
          mend('link-id', tagAt);
        }
        at = stop;
        break;
      case 0x1a: // trace_state
        seen = once(seen, 3, tagAt);
        at = text(at, end, valueBytesMax, 'value-length');
        break;
      case 0x22: // attributes
        if (++attributes > attributesMax) mend('attributes', tagAt);
        stop = open(at, end);
        if (stop < 0 || !walkKeyValue(contentAt, stop, 1)) return false;
        at = stop;
        break;
      case 0x28: // dropped_attributes_count
        seen = once(seen, 5, tagAt);
        at = uint32(at, end);
        break;
      case 0x35: // flags
        seen = once(seen, 6, tagAt);
        if (at + 4 > end) return refuse('truncated', tagAt);
        at += 4;
        break;
      default:
        at = skip(at, end, tag, KNOWN_SIX, tagAt);
    }
    if (at < 0) return false;
  }
  return true;
}

function walkStatus(from: number, end: number): boolean {
  let at = from;
  let seen = 0;
  while (at < end) {
    const tagAt = at;
    let tag = bytes[at++]!;
    if (tag > 0x7f) {
      at = wideTag(tagAt, end);
      if (at < 0) return false;
      tag = tagValue;
    }
    if (tag === 0x12) {
      seen = once(seen, 2, tagAt);
      at = text(at, end, valueBytesMax, 'value-length');
    } else if (tag === 0x18) {
      seen = once(seen, 3, tagAt);
      at = enumeration(at, end, STATUS_MAX);
    } else {
      at = skip(at, end, tag, KNOWN_STATUS, tagAt);
    }
    if (at < 0) return false;
  }
  return true;
}

function walkKeyValue(from: number, end: number, depth: number): boolean {
  let at = from;
  let seen = 0;
  while (at < end) {
    const tagAt = at;
    let tag = bytes[at++]!;
    if (tag > 0x7f) {
      at = wideTag(tagAt, end);
      if (at < 0) return false;
      tag = tagValue;
    }
    if (tag === 0x0a) {
      seen = once(seen, 1, tagAt);
      at = text(at, end, keyBytesMax, 'key-length');
      if (at < 0) return false;
    } else if (tag === 0x12) {
      seen = once(seen, 2, tagAt);
      const stop = open(at, end);
      if (stop < 0 || !walkValue(contentAt, stop, depth)) return false;
      at = stop;
    } else {
      at = skip(at, end, tag, KNOWN_TWO, tagAt);
      if (at < 0) return false;
    }
  }
  return true;
}

function walkValue(from: number, end: number, depth: number): boolean {
  let at = from;
  let members = 0;
  while (at < end) {
    const tagAt = at;
    let tag = bytes[at++]!;
    if (tag > 0x7f) {
      at = wideTag(tagAt, end);
      if (at < 0) return false;
      tag = tagValue;
    }
    let stop = 0;
    switch (tag) {
      case 0x0a: // string_value
        at = text(at, end, valueBytesMax, 'value-length');
        break;
      case 0x18: // int_value
        at = varint(at, end);
        break;
      case 0x21: // double_value
        if (at + 8 > end) return refuse('truncated', tagAt);
        at += 8;
        break;
      case 0x10: // bool_value
        at = enumeration(at, end, 1);
        break;
      case 0x3a: // bytes_value
        stop = open(at, end);
        if (stop < 0) return false;
        if (stop - contentAt > valueBytesMax) mend('value-length', tagAt);
        at = stop;
        break;
      case 0x2a: // array_value
      case 0x32: // kvlist_value
        stop = open(at, end);
        if (stop < 0) return false;
        if (stop - contentAt > valueBytesMax) mend('value-length', tagAt);
        // Deeper content is never looked into: mending keeps it as bytes, whatever it is.
        if (depth >= depthMax) mend('value-depth', tagAt);
        else if (!walkList(contentAt, stop, depth + 1, tag === 0x32)) return false;
        at = stop;
        break;
      default:
        at = skip(at, end, tag, KNOWN_VALUE, tagAt);
        members -= 1;
    }
    if (at < 0) return false;
    if (++members > 1) mend('two-members', tagAt);
  }
  return true;
}

function walkList(from: number, end: number, depth: number, keyed: boolean): boolean {
  let at = from;
  while (at < end) {
    const tagAt = at;
    let tag = bytes[at++]!;
    if (tag > 0x7f) {
      at = wideTag(tagAt, end);
      if (at < 0) return false;
      tag = tagValue;
    }
    if (tag === 0x0a) {
      const stop = open(at, end);
      if (stop < 0) return false;
      const whole = keyed
        ? walkKeyValue(contentAt, stop, depth)
        : walkValue(contentAt, stop, depth);
      if (!whole) return false;
      at = stop;
    } else {
      at = skip(at, end, tag, KNOWN_LIST, tagAt);
      if (at < 0) return false;
    }
  }
  return true;
}

/**
 * Reads the length at `at`. Returns where the content ends and leaves its start in `contentAt`, or
 * −1. A length byte that stands past `end` always yields an end past `end`, so it needs no check.
 */
function open(at: number, end: number): number {
  const length = bytes[at]!;
  if (length < 0x80) {
    contentAt = at + 1;
    const stop = contentAt + length;
    return stop <= end ? stop : fail('truncated', at);
  }
  return openWide(at, end);
}

function openWide(at: number, end: number): number {
  const next = short(at, end);
  if (next < 0) return -1;
  contentAt = next;
  const stop = next + tagValue;
  return stop <= end ? stop : fail('truncated', at);
}

/** Reads a tag of several bytes into `tagValue`: field 16 and up, or padded. */
function wideTag(at: number, end: number): number {
  const next = short(at, end);
  // `bytes[next - 1] === 0` is a padded tag, which protobuf allows and no encoder writes.
  if (next > 0 && bytes[next - 1] === 0) mend('padded-varint', at);
  return next;
}

/** Reads the 32-bit varint at `at` into `tagValue`; returns the position after it, or −1. */
function short(at: number, end: number): number {
  let value = 0;
  let scale = 1;
  const last = at + 5;
  for (let i = at; i < end; i += 1) {
    if (i === last) return fail('varint-too-long', at);
    const byte = bytes[i]!;
    value += (byte & 0x7f) * scale;
    scale *= 128;
    if (byte < 0x80) {
      tagValue = value;
      return value < TWO_32 ? i + 1 : fail('varint-too-long', at);
    }
  }
  return fail('truncated', at);
}

/** Checks the varint at `at`; returns the position after it, or −1. */
function varint(at: number, end: number): number {
  for (let i = at; i < end; i += 1) {
    const byte = bytes[i]!;
    if (byte < 0x80) {
      if (i - at === 9) {
        if (byte > 1) return fail('varint-too-long', at);
        // The engine reads ten bytes only when the tenth is 1.
        if (byte === 0) mend('padded-varint', at);
      }
      return i + 1;
    }
    if (i - at === 9) return fail('varint-too-long', at);
  }
  return fail('truncated', at);
}

/** A varint of 0 … `most`, which fits one byte; anything else is for mending. */
function enumeration(at: number, end: number, most: number): number {
  if (at < end && bytes[at]! <= most) return at + 1;
  const next = varint(at, end);
  if (next > 0) mend('unknown-enum', at);
  return next;
}

function uint32(at: number, end: number): number {
  const next = varint(at, end);
  // Four bytes hold 28 bits; five may hold 35 and then need a look.
  if (next - at >= 5 && (next - at > 5 || bytes[next - 1]! > 0x0f)) mend('number-range', at);
  return next;
}

function text(at: number, end: number, bytesMax: number, reason: MendReason): number {
  const stop = open(at, end);
  if (stop < 0) return -1;
  if (stop - contentAt > bytesMax) mend(reason, at);
  if (!isText(bytes, contentAt, stop)) mend('not-utf8', at);
  return stop;
}

/** A fixed64 as a double: exact to 53 bits, which every comparison here allows for. */
function fixed64(at: number): number {
  const low =
    bytes[at]! + (bytes[at + 1]! << 8) + (bytes[at + 2]! << 16) + bytes[at + 3]! * 0x1000000;
  const high =
    bytes[at + 4]! + (bytes[at + 5]! << 8) + (bytes[at + 6]! << 16) + bytes[at + 7]! * 0x1000000;
  return high * TWO_32 + low;
}

function isZeroRun(at: number, end: number): boolean {
  for (let i = at; i < end; i += 1) {
    if (bytes[i] !== 0) return false;
  }
  return true;
}

/** Skips a field that the message does not know; refuses one that it knows by another wire type. */
function skip(at: number, end: number, tag: number, known: number, tagAt: number): number {
  const field = tag >>> 3;
  if (field === 0) return fail('bad-field-number', tagAt);
  const type = tag & 7;
  if (type === 3 || type === 4) return fail('group', tagAt);
  if (field < 32 && (known >>> field) & 1) return fail('wrong-wire-type', tagAt);
  switch (type) {
    case 0:
      return varint(at, end);
    case 1:
      return at + 8 <= end ? at + 8 : fail('truncated', tagAt);
    case 2:
      return open(at, end);
    case 5:
      return at + 4 <= end ? at + 4 : fail('truncated', tagAt);
    default:
      return fail('wrong-wire-type', tagAt);
  }
}

/** Notes that the singular `field` was seen; the second time is for mending. */
function once(seen: number, field: number, at: number): number {
  const bit = 1 << field;
  if ((seen & bit) !== 0) mend('repeated-field', at);
  return seen | bit;
}

function mend(reason: MendReason, at: number): void {
  if (walk.verdict === 'clean') {
    walk.verdict = 'mend';
    walk.reason = reason;
    walk.offset = at;
  }
}

function refuse(reason: RefuseReason, at: number): false {
  walk.verdict = 'refuse';
  walk.reason = reason;
  walk.offset = at;
  return false;
}

function fail(reason: RefuseReason, at: number): -1 {
  refuse(reason, at);
  return -1;
}
