/**
 * Step 2 of 10 in a span's walk.   before: collector/src/receivers/http.ts   after: collector/src/segment.ts
 *
 * One pass over the bytes of a request that counts its spans and says whether they may be appended
 * as they are (clean), must be mended first (mend), or are no OTLP at all (refuse). Whatever the
 * engine's Protobuf reader treats otherwise than protobuf does is never clean.
 * One function per message, in the order of the `.proto` files; all messages have the same loop,
 * written out because a call per field would cost a third more. Never knows: a span; what is done
 * about a verdict.
 */

import {
  nameBytesMax,
  originAttributesMax,
  originBytesMax,
  setBounds,
  spansMax,
} from './bounds.ts';
import { RESERVED_FIRST, RESERVED_LAST } from './fields.ts';
import type { WalkLimits } from './limits.ts';
import {
  beginScan,
  contentAt,
  endScan,
  fail,
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
import type { Walk } from './verdict.ts';
import { walkEvent, walkLink, walkSpan, walkStatus } from './walk-span.ts';
import { walkKeyValue } from './walk-value.ts';

/** Numbers of the fields that a message knows, as bits: any other wire type for them is wrong. */
const KNOWN_TRACES = 0b10;
const KNOWN_SPANS = 0b1110;
const KNOWN_RESOURCE = 0b110;
const KNOWN_SCOPE = 0b11110;

/** Resources and scopes seen in the running walk. */
let groups = 0;

/**
 * Walks a `TracesData` or `ExportTraceServiceRequest` body. `nowMs` is the epoch time that the
 * window of `limits` is laid around. The result is reused by the next call: read it before.
 */
export function walkTraces(body: Uint8Array, limits: WalkLimits, nowMs: number): Walk {
  beginScan(body);
  setBounds(limits, nowMs, false);
  groups = 0;
  walkTracesData(0, body.length);
  return endScan();
}

/** The messages that can be walked apart from the body that holds them. */
const parts = {
  traces: walkTracesData,
  resourceSpans: walkResourceSpans,
  resource: walkResource,
  scopeSpans: walkScopeSpans,
  scope: walkScope,
  span: walkSpan,
  event: walkEvent,
  link: walkLink,
  status: walkStatus,
  attribute: (at: number, end: number) => walkKeyValue(at, end, 1),
} as const;

export type Part = keyof typeof parts;

export interface PartOptions {
  readonly limits: WalkLimits;
  readonly nowMs: number;
  /** Whether the marks that `mendTraces` leaves are allowed, as they are not in client bytes. */
  readonly ours: boolean;
}

/** Walks `bytes` as one message of the kind `part`; otherwise like `walkTraces`. */
export function walkPart(part: Part, bytes: Uint8Array, options: PartOptions): Walk {
  beginScan(bytes);
  setBounds(options.limits, options.nowMs, options.ours);
  groups = 0;
  parts[part](0, bytes.length);
  return endScan();
}

function walkTracesData(from: number, end: number): boolean {
  let at = from;
  while (at < end) {
    const tagAt = at;
    let tag = source[at++]!;
    if (tag > 0x7f) {
      at = short(tagAt, end);
      if (at < 0) return false;
      tag = shortValue;
    }
    if (tag === 0x0a) {
      const stop = open(at, end);
      if (stop < 0 || !walkResourceSpans(contentAt, stop)) return false;
      at = stop;
      continue;
    }
    const field = tag >>> 3;
    if (field >= RESERVED_FIRST && field <= RESERVED_LAST) {
      mend('reserved-field', tagAt);
    }
    at = skip(at, end, tag, KNOWN_TRACES, tagAt);
    if (at < 0) return false;
  }
  return true;
}

function walkResourceSpans(from: number, end: number): boolean {
  if (++groups > spansMax) return fail('too-many-groups', from) > 0;
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
      at = text(at, end, nameBytesMax, 'name-length');
      if (at < 0) return false;
    } else {
      at = skip(at, end, tag, KNOWN_SPANS, tagAt);
      if (at < 0) return false;
    }
  }
  return true;
}

function walkResource(from: number, end: number): boolean {
  let at = from;
  let seen = 0;
  let attributes = 0;
  let attributeBytes = 0;
  while (at < end) {
    const tagAt = at;
    let tag = source[at++]!;
    if (tag > 0x7f) {
      at = short(tagAt, end);
      if (at < 0) return false;
      tag = shortValue;
    }
    if (tag === 0x0a) {
      if (++attributes > originAttributesMax) mend('attributes', tagAt);
      const stop = open(at, end);
      if (stop < 0) return false;
      attributeBytes += stop - contentAt;
      if (attributeBytes > originBytesMax) mend('attributes', tagAt);
      if (!walkKeyValue(contentAt, stop, 1)) return false;
      at = stop;
    } else if (tag === 0x10) {
      seen = once(seen, 2, tagAt);
      at = uint32(at, end);
      if (at < 0) return false;
    } else {
      at = skip(at, end, tag, KNOWN_RESOURCE, tagAt);
      if (at < 0) return false;
    }
  }
  return true;
}

function walkScopeSpans(from: number, end: number): boolean {
  if (++groups > spansMax) return fail('too-many-groups', from) > 0;
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
      at = text(at, end, nameBytesMax, 'name-length');
      if (at < 0) return false;
    } else {
      at = skip(at, end, tag, KNOWN_SPANS, tagAt);
      if (at < 0) return false;
    }
  }
  return true;
}

function walkScope(from: number, end: number): boolean {
  let at = from;
  let seen = 0;
  let attributes = 0;
  let attributeBytes = 0;
  while (at < end) {
    const tagAt = at;
    let tag = source[at++]!;
    if (tag > 0x7f) {
      at = short(tagAt, end);
      if (at < 0) return false;
      tag = shortValue;
    }
    if (tag === 0x0a || tag === 0x12) {
      seen = once(seen, tag >>> 3, tagAt);
      at = text(at, end, nameBytesMax, 'name-length');
    } else if (tag === 0x1a) {
      if (++attributes > originAttributesMax) mend('attributes', tagAt);
      const stop = open(at, end);
      if (stop < 0) return false;
      attributeBytes += stop - contentAt;
      if (attributeBytes > originBytesMax) mend('attributes', tagAt);
      if (!walkKeyValue(contentAt, stop, 1)) return false;
      at = stop;
    } else if (tag === 0x20) {
      seen = once(seen, 4, tagAt);
      at = uint32(at, end);
    } else {
      at = skip(at, end, tag, KNOWN_SCOPE, tagAt);
    }
    if (at < 0) return false;
  }
  return true;
}
