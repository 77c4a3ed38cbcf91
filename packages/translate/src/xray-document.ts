/**
 * One X-Ray document → the spans of a segment and of the subsegments inside it.
 *
 * The segment is the server's span, a subsegment in the namespace `aws` or `remote` a client's, every other one
 * internal. Never knows: datagrams, and which documents belong together.
 */

import {
  attributesOf,
  type Given,
  hexToBytes,
  type PlainValue,
  type ResourceSpans,
  type Span,
  type SpanLink,
} from '@clew/wire';
import type { JsonObject } from './json-fields.ts';
import { spanAttributes } from './xray-attributes.ts';
import { causeOf } from './xray-cause.ts';
import { parseTraceId } from './xray-ids.ts';
import type { Origin } from './xray-resource.ts';
import { isObject, textOf } from './xray-values.ts';

export interface Document {
  readonly body: JsonObject;
  /** 32 hex digits. */
  readonly traceId: string;
  /** Trace and span id. */
  readonly key: string;
  /** Sent apart from its segment. */
  readonly isSubsegment: boolean;
  readonly isInProgress: boolean;
}

const INTERNAL = 1;
const SERVER = 2;
const CLIENT = 3;
const STATUS_ERROR = 2;

/** `origin` is the resource of the document's segment. */
export function resourceSpansOf(document: Document, origin: Origin): Given<ResourceSpans> {
  const { body, traceId, isSubsegment } = document;
  const spans: Given<Span>[] = [];
  const parent = textOf(body['parent_id']);
  addSpans(spans, body, { traceId: hexToBytes(traceId)!, parent, isSegment: !isSubsegment });
  return {
    resource: { attributes: attributesOf(origin) },
    scopeSpans: [{ scope: { name: 'AWS X-Ray' }, spans }],
  };
}

interface Place {
  readonly traceId: Uint8Array;
  /** 16 hex digits, or empty. */
  readonly parent: string;
  readonly isSegment: boolean;
}

/** One byte is no id of any kind, so the walk rejects the span and no other. */
const NO_ID = new Uint8Array(1);

function addSpans(spans: Given<Span>[], body: JsonObject, place: Place): void {
  spans.push(spanOf(body, place));
  const subsegments = body['subsegments'];
  if (!Array.isArray(subsegments)) return;
  for (const subsegment of subsegments) {
    if (!isObject(subsegment)) continue;
    addSpans(spans, subsegment, { ...place, parent: textOf(body['id']), isSegment: false });
  }
}

function spanOf(body: JsonObject, { traceId, parent, isSegment }: Place): Given<Span> {
  const start = nanoseconds(body['start_time']);
  const isEnded = body['end_time'] !== undefined && body['end_time'] !== null;
  const end = isEnded ? nanoseconds(body['end_time']) : start;
  const cause = causeOf(body['cause'], end);
  const isError = isFailed(body) || cause.isError;
  const parentId = parent === '' ? undefined : (hexToBytes(parent) ?? NO_ID);
  return {
    traceId,
    spanId: hexToBytes(textOf(body['id'])) ?? NO_ID,
    ...(parentId !== undefined && { parentSpanId: parentId }),
    name: textOf(body['name']),
    kind: kindOf(body, isSegment),
    startTimeUnixNano: start,
    endTimeUnixNano: end < start ? start : end,
    attributes: attributesOf({
      ...spanAttributes(body),
      ...cause.attributes,
      ...(!isEnded && { 'aws.xray.inprogress': true }),
    }),
    events: cause.events,
    links: linksOf(body['links']),
    ...(isError && { status: { code: STATUS_ERROR, message: cause.message } }),
  };
}

function kindOf(body: JsonObject, isSegment: boolean): number {
  if (isSegment) return SERVER;
  const namespace = body['namespace'];
  return namespace === 'aws' || namespace === 'remote' ? CLIENT : INTERNAL;
}

/** `fault` is a 5xx, `error` a 4xx, `throttle` a 429; the response's status says so without them. */
function isFailed(body: JsonObject): boolean {
  if (body['fault'] === true || body['error'] === true || body['throttle'] === true) return true;
  const http = isObject(body['http']) ? body['http'] : {};
  const response = isObject(http['response']) ? http['response'] : {};
  return Number(response['status']) >= 400;
}

function linksOf(value: unknown): Given<SpanLink>[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isObject).map((link) => ({
    traceId: hexToBytes(parseTraceId(link['trace_id']) ?? '') ?? NO_ID,
    spanId: hexToBytes(textOf(link['id'])) ?? NO_ID,
    attributes: isObject(link['attributes'])
      ? attributesOf(link['attributes'] as { [key: string]: PlainValue })
      : [],
  }));
}

/** Seconds with a fraction; as doubles they are exact to a quarter of a microsecond. */
function nanoseconds(seconds: unknown): bigint {
  const value = Number(seconds);
  const isTime = Number.isFinite(value) && value > 0 && value < 1e10;
  return isTime ? BigInt(Math.round(value * 1e6)) * 1000n : 0n;
}
