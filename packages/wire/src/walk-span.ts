/**
 * The walk inside a span: the span itself, its events, links and status.
 *
 * See walk.ts. Never knows: resources and scopes.
 */

import {
  attributesMax,
  durationNsMax,
  earliestNs,
  eventsMax,
  latestNs,
  linksMax,
  nameBytesMax,
  oursAllowed,
  ROUNDING_NS,
  spansMax,
  valueBytesMax,
} from './bounds.ts';
import {
  contentAt,
  enumeration,
  fail,
  fixed64,
  found,
  isBefore,
  isZeroId,
  mend,
  once,
  open,
  short,
  shortValue,
  skip,
  source,
  text,
  uint32,
} from './scan.ts';
import { walkKeyValue } from './walk-value.ts';

/** Numbers of the fields that a message knows, as bits: any other wire type for them is wrong. */
const KNOWN_SPAN = 0x1fffe;
const KNOWN_EVENT = 0b11110;
const KNOWN_LINK = 0b1111110;
const KNOWN_STATUS = 0b1100;

const KIND_MAX = 5;
const STATUS_MAX = 2;

/** Long, and deliberately so: one loop that sees every field of every span. */
export function walkSpan(from: number, end: number): boolean {
  if (++found.spans > spansMax) return fail('too-many-spans', from) > 0;
  if (found.firstSpanOffset < 0) {
    found.firstSpanOffset = from;
    found.firstSpanEnd = end;
  }
  let at = from;
  let seen = 0;
  let attributes = 0;
  let events = 0;
  let links = 0;
  let startAt = -1;
  let endAt = -1;
  while (at < end) {
    const tagAt = at;
    let tag = source[at++]!;
    if (tag > 0x7f) {
      at = short(tagAt, end);
      if (at < 0) return false;
      tag = shortValue;
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
        if (stop - contentAt !== 16 || isZeroId(contentAt, 16)) mend('trace-id', tagAt);
        at = stop;
        break;
      case 0x12: // span_id
        seen = once(seen, 2, tagAt);
        stop = open(at, end);
        if (stop < 0) return false;
        if (stop - contentAt !== 8 || isZeroId(contentAt, 8)) mend('span-id', tagAt);
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
        if (at + 8 > end) return fail('truncated', tagAt) > 0;
        startAt = at;
        at += 8;
        break;
      case 0x41: // end_time_unix_nano
        seen = once(seen, 8, tagAt);
        if (at + 8 > end) return fail('truncated', tagAt) > 0;
        endAt = at;
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
        if (at + 4 > end) return fail('truncated', tagAt) > 0;
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
  walkTimes(startAt, endAt, from);
  return true;
}

/** Checks the times that stand at `startAt` and `endAt`; −1 is an absent one, which is 0. */
function walkTimes(startAt: number, endAt: number, from: number): void {
  const startNs = startAt < 0 ? 0 : fixed64(startAt);
  const endNs = endAt < 0 ? 0 : fixed64(endAt);
  if (startNs < earliestNs || startNs > latestNs) mend('start-time', from);
  const durationNs = endNs - startNs;
  if (durationNs > durationNsMax) mend('duration', from);
  // Doubles decide all but the closest cases.
  if (durationNs < -ROUNDING_NS) mend('end-time', from);
  else if (durationNs < ROUNDING_NS && startAt >= 0 && (endAt < 0 || isBefore(endAt, startAt))) {
    mend('end-time', from);
  }
}

export function walkEvent(from: number, end: number): boolean {
  let at = from;
  let seen = 0;
  let attributes = 0;
  while (at < end) {
    const tagAt = at;
    let tag = source[at++]!;
    if (tag > 0x7f) {
      at = short(tagAt, end);
      if (at < 0) return false;
      tag = shortValue;
    }
    if (tag === 0x1a) {
      if (++attributes > attributesMax) mend('attributes', tagAt);
      const stop = open(at, end);
      if (stop < 0 || !walkKeyValue(contentAt, stop, 1)) return false;
      at = stop;
    } else if (tag === 0x09) {
      seen = once(seen, 1, tagAt);
      if (at + 8 > end) return fail('truncated', tagAt) > 0;
      at += 8;
    } else if (tag === 0x12) {
      seen = once(seen, 2, tagAt);
      at = text(at, end, nameBytesMax, 'name-length');
    } else if (tag === 0x20) {
      seen = once(seen, 4, tagAt);
      at = uint32(at, end);
    } else {
      at = skip(at, end, tag, KNOWN_EVENT, tagAt);
    }
    if (at < 0) return false;
  }
  return true;
}

export function walkLink(from: number, end: number): boolean {
  let at = from;
  let seen = 0;
  let attributes = 0;
  while (at < end) {
    const tagAt = at;
    let tag = source[at++]!;
    if (tag > 0x7f) {
      at = short(tagAt, end);
      if (at < 0) return false;
      tag = shortValue;
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
        if (at + 4 > end) return fail('truncated', tagAt) > 0;
        at += 4;
        break;
      default:
        at = skip(at, end, tag, KNOWN_LINK, tagAt);
    }
    if (at < 0) return false;
  }
  return true;
}

export function walkStatus(from: number, end: number): boolean {
  let at = from;
  let seen = 0;
  while (at < end) {
    const tagAt = at;
    let tag = source[at++]!;
    if (tag > 0x7f) {
      at = short(tagAt, end);
      if (at < 0) return false;
      tag = shortValue;
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
