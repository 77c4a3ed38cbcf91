/**
 * Mending spans: ids, times, numbers, texts, events and links.
 *
 * Never knows: resources and scopes.
 */

import { isZero, SPAN_ID_BYTES, TRACE_ID_BYTES } from './ids.ts';
import type { WalkLimits } from './limits.ts';
import {
  collectFields,
  copyUnknown,
  type Fields,
  fixed64Of,
  mergedOf,
  writeBytes,
  writeCount,
  writeEnum,
  writeFixed32,
  writeNumber,
  writeText,
} from './mend-fields.ts';
import { mendTimes, type Times, writeOriginals } from './mend-times.ts';
import { type AttributeRule, mendAttributes } from './mend-value.ts';
import { isClean, type Mending, note, type RejectReason, type Slice } from './mending.ts';

const KIND_MAX = 5;
const STATUS_MAX = 2;
const MARKS = 1000;
const SPAN_FIELDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, MARKS];
const EVENT_FIELDS = [1, 2, 3, 4];
const LINK_FIELDS = [1, 2, 3, 4, 5, 6];
const STATUS_FIELDS = [2, 3];

/**
 * Writes a span as field 2, unless one of its ids is none: then it is counted as rejected.
 * `originMarks` are the marks that its resource and scope have earned it.
 */
export function mendSpan(mending: Mending, span: Slice, originMarks: number): void {
  const { out } = mending;
  if (isClean(mending, 'span', span)) {
    mending.spans += 1;
    const mark = out.begin(2);
    out.raw(span.source, span.at, span.end);
    writeNumber(out, MARKS, originMarks);
    out.end(mark);
    return;
  }
  const fields = collectFields(span);
  const reason = rejection(fields);
  if (reason !== undefined) {
    mending.rejected.set(reason, (mending.rejected.get(reason) ?? 0) + 1);
    return;
  }
  mending.spans += 1;
  mending.marks = originMarks;
  const mark = out.begin(2);
  writeSpan(mending, fields);
  copyUnknown(mending, span, SPAN_FIELDS);
  writeNumber(out, MARKS, mending.marks);
  out.end(mark);
}

function rejection(fields: Fields): RejectReason | undefined {
  if (!isId(fields.get(1)?.last, TRACE_ID_BYTES)) {
    return 'trace-id';
  }
  if (!isId(fields.get(2)?.last, SPAN_ID_BYTES)) {
    return 'span-id';
  }
  const parent = sizeOf(fields.get(4)?.last);
  return parent === 0 || parent === SPAN_ID_BYTES ? undefined : 'parent-span-id';
}

function isId(id: Slice | undefined, size: number): boolean {
  return id !== undefined && sizeOf(id) === size && !isZero(id.source, id.at, id.end);
}

function sizeOf(slice: Slice | undefined): number {
  return slice === undefined ? 0 : slice.end - slice.at;
}

function writeSpan(mending: Mending, fields: Fields): void {
  const { out, limits } = mending;
  const start = fixed64Of(mending, fields, 7);
  const end = fixed64Of(mending, fields, 8);
  const times = mendTimes(mending, start, end);
  writeBytes(mending, fields, 1);
  writeBytes(mending, fields, 2);
  writeText(mending, fields, 3, { bytesMax: limits.valueBytes, mark: 'name_cut' });
  writeBytes(mending, fields, 4);
  writeText(mending, fields, 5, { bytesMax: limits.nameBytes, mark: 'name_cut' });
  writeEnum(mending, fields, 6, KIND_MAX);
  out.fixed64(7, times.start);
  out.fixed64(8, times.end);
  writeAttributes(mending, fields, times);
  writeEvents(mending, fields);
  writeLinks(mending, fields);
  writeStatus(mending, fields);
  writeFixed32(mending, fields, 16);
  if (fields.has(MARKS)) {
    note(mending, 'reserved_field');
  }
}

function writeAttributes(mending: Mending, fields: Fields, times: Times): void {
  const most = mending.limits.attributesPerSpan - times.originals.length;
  const over = mendAttributes(mending, 9, fields.get(9), {
    most,
    bytesMax: Number.POSITIVE_INFINITY,
  });
  writeOriginals(mending.out, 9, times);
  writeCount(mending, fields, 10, over);
}

function writeEvents(mending: Mending, fields: Fields): void {
  const events = fields.get(11);
  const kept = events?.kept.slice(0, mending.limits.eventsPerSpan) ?? [];
  for (const event of kept) {
    mendEvent(mending, event);
  }
  const over = (events?.count ?? 0) - kept.length;
  if (over > 0) {
    note(mending, 'events_cut', over);
  }
  writeCount(mending, fields, 12, over);
}

/** Events and links may have as many attributes as a span. */
function innerRule(limits: WalkLimits): AttributeRule {
  return { most: limits.attributesPerSpan, bytesMax: Number.POSITIVE_INFINITY };
}

function mendEvent(mending: Mending, event: Slice): void {
  const { out, limits } = mending;
  if (isClean(mending, 'event', event)) {
    out.slice(11, event.source, event.at, event.end);
    return;
  }
  const fields = collectFields(event);
  const mark = out.begin(11);
  const time = fixed64Of(mending, fields, 1);
  if (time !== 0n) {
    out.fixed64(1, time);
  }
  writeText(mending, fields, 2, { bytesMax: limits.nameBytes, mark: 'name_cut' });
  const over = mendAttributes(mending, 3, fields.get(3), innerRule(limits));
  writeCount(mending, fields, 4, over);
  copyUnknown(mending, event, EVENT_FIELDS);
  out.end(mark);
}

function writeLinks(mending: Mending, fields: Fields): void {
  const links = fields.get(13);
  let kept = 0;
  for (const link of links?.kept ?? []) {
    if (kept < mending.limits.linksPerSpan && mendLink(mending, link)) {
      kept += 1;
    }
  }
  const over = (links?.count ?? 0) - kept;
  if (over > 0) {
    note(mending, 'links_cut', over);
  }
  writeCount(mending, fields, 14, over);
}

/**
 * Writes a link, unless an id has a wrong length. It may have no ids at all: the specification asks
 * to record such links (https://opentelemetry.io/docs/specs/otel/trace/api/#link).
 */
function mendLink(mending: Mending, link: Slice): boolean {
  const { out, limits } = mending;
  if (isClean(mending, 'link', link)) {
    out.slice(13, link.source, link.at, link.end);
    return true;
  }
  const fields = collectFields(link);
  const traceIdBytes = sizeOf(fields.get(1)?.last);
  const spanIdBytes = sizeOf(fields.get(2)?.last);
  if (traceIdBytes !== 0 && traceIdBytes !== TRACE_ID_BYTES) return false;
  if (spanIdBytes !== 0 && spanIdBytes !== SPAN_ID_BYTES) return false;
  const mark = out.begin(13);
  writeBytes(mending, fields, 1);
  writeBytes(mending, fields, 2);
  writeText(mending, fields, 3, { bytesMax: limits.valueBytes, mark: 'name_cut' });
  const over = mendAttributes(mending, 4, fields.get(4), innerRule(limits));
  writeCount(mending, fields, 5, over);
  writeFixed32(mending, fields, 6);
  copyUnknown(mending, link, LINK_FIELDS);
  out.end(mark);
  return true;
}

function writeStatus(mending: Mending, fields: Fields): void {
  const { out, limits } = mending;
  const status = mergedOf(mending, fields, 15);
  if (status === undefined) {
    return;
  }
  const inside = collectFields(status);
  const mark = out.begin(15);
  writeText(mending, inside, 2, { bytesMax: limits.valueBytes, mark: 'name_cut' });
  writeEnum(mending, inside, 3, STATUS_MAX);
  copyUnknown(mending, status, STATUS_FIELDS);
  out.end(mark);
}
