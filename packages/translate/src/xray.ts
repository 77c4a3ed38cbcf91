/**
 * Datagrams of the X-Ray daemon → OTLP protobuf bytes.
 *
 * A datagram is a header line and one document: a segment with its subsegments inside, or a subsegment that
 * was sent apart. Two kinds of documents cannot be stored as they come, because what is stored is never changed:
 * one in progress, which a complete one will replace, and a subsegment whose segment, and so whose service, is not
 * known yet. They wait in a room of bounded size and time; what leaves it unanswered is stored as it is, marked.
 * Never knows: sockets, clocks.
 * Source: https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
 */

import { encodeTraces } from '@clew/wire';
import type { JsonObject } from './json-fields.ts';
import { parseJson } from './json-text.ts';
import { shown, TranslateError } from './translate-error.ts';
import { type Document, resourceSpansOf } from './xray-document.ts';
import { parseTraceId } from './xray-ids.ts';
import { type Origin, originOf, UNKNOWN_ORIGIN } from './xray-resource.ts';
import { createXrayRoom } from './xray-room.ts';

export interface XrayTranslator {
  /** The bytes of what can be stored now, often none. @throws TranslateError for what is no document. */
  translate(datagram: Uint8Array, nowMs: number): Uint8Array<ArrayBuffer>;
  /** What has waited until `nowMs`, everything for Infinity; undefined when there is nothing. */
  release(nowMs: number): Uint8Array<ArrayBuffer> | undefined;
  /** The datagrams that wait, which another translator may be given; undefined when they are those of the last call. */
  held(): Uint8Array[] | undefined;
}

export interface XrayLimits {
  readonly documentsMax: number;
  readonly bytesMax: number;
  /** A document in progress is given up on after this; one that is completed later still shows twice. */
  readonly inProgressMs: number;
  /** A subsegment waits this long for the segment that names its service. */
  readonly orphanMs: number;
  /** Traces of which is remembered where their segment ran. */
  readonly originsMax: number;
  /** Complete documents of which is remembered that they came: datagrams overtake each other. */
  readonly completeMax: number;
}

const LIMITS: XrayLimits = {
  documentsMax: 10_000,
  bytesMax: 32 * 1024 * 1024,
  // Longer than what serves requests lets them take (a Lambda function 15 minutes). Waiting costs little: what never
  // completes shows later, and the room is bounded anyway.
  inProgressMs: 60 * 60_000,
  orphanMs: 30_000,
  originsMax: 20_000,
  completeMax: 20_000,
};

export function createXrayTranslator(limits: XrayLimits = LIMITS): XrayTranslator {
  const room = createXrayRoom(limits.documentsMax, limits.bytesMax);
  /** By trace: where its segment ran. */
  const origins = new Map<string, Origin>();
  const remember = ({ traceId, body }: Document) => {
    origins.delete(traceId);
    origins.set(traceId, originOf(body));
    if (origins.size > limits.originsMax) origins.delete(origins.keys().next().value as string);
  };
  /** Keys of complete documents, oldest first. */
  const complete = new Set<string>();
  const noteComplete = (key: string) => {
    complete.add(key);
    if (complete.size > limits.completeMax)
      complete.delete(complete.values().next().value as string);
  };
  const encode = (documents: readonly Document[]) => {
    const originOfTrace = ({ traceId }: Document) => origins.get(traceId) ?? UNKNOWN_ORIGIN;
    return encodeTraces({
      resourceSpans: documents.map((one) =>
        resourceSpansOf(one, one.isSubsegment ? originOfTrace(one) : originOf(one.body)),
      ),
    });
  };
  return {
    translate(datagram, nowMs) {
      const document = readDatagram(datagram);
      const { traceId, key, isSubsegment, isInProgress } = document;
      if (!isSubsegment) remember(document);
      if (isInProgress && complete.has(key)) return encode([]);
      if (!isInProgress) noteComplete(key);
      const isOrphan = isSubsegment && !origins.has(traceId);
      if (isInProgress || isOrphan) {
        room.add({
          key,
          // It may be a piece of a buffer that holds many.
          datagram: datagram.slice(),
          untilMs: nowMs + (isInProgress ? limits.inProgressMs : limits.orphanMs),
          orphanOf: isInProgress ? undefined : traceId,
        });
        return encode(room.takeOverflow().map(readDatagram));
      }
      room.drop(key);
      const orphans = isSubsegment ? [] : room.takeOrphans(traceId);
      return encode([document, ...orphans.map(readDatagram)]);
    },
    release(nowMs) {
      const due = room.takeDue(nowMs);
      return due.length === 0 ? undefined : encode(due.map(readDatagram));
    },
    held: () => room.changed(),
  };
}

const LINE_FEED = 0x0a;
/** The daemon's own header is 29 bytes long. */
const HEADER_BYTES_MAX = 256;

function readDatagram(datagram: Uint8Array): Document {
  const end = datagram.indexOf(LINE_FEED);
  if (end < 0 || end > HEADER_BYTES_MAX) {
    throw new TranslateError('', 'found no header line, wanted {"format":"json","version":1}');
  }
  const header = objectOf(parseJson(datagram.subarray(0, end)), 'header');
  const { format, version } = header;
  if (String(format).toLowerCase() !== 'json' || version !== 1) {
    throw new TranslateError(
      'header',
      `found format ${shown(format)} version ${shown(version)}, wanted "json" 1`,
    );
  }
  return readDocument(objectOf(parseJson(datagram.subarray(end + 1)), 'document'));
}

const SPAN_ID = /^[0-9a-f]{16}$/i;

function readDocument(body: JsonObject): Document {
  const name = body['name'];
  const id = body['id'];
  if (typeof name !== 'string') throw missing('name', name, 'a string');
  if (typeof id !== 'string' || !SPAN_ID.test(id)) throw missing('id', id, '16 hex digits');
  const start = Number(body['start_time']);
  if (body['start_time'] === undefined || !Number.isFinite(start)) {
    throw missing('start_time', body['start_time'], 'seconds');
  }
  const traceId = parseTraceId(body['trace_id']);
  if (traceId === undefined) {
    throw missing('trace_id', body['trace_id'], '1-, 8 and 24 hex digits');
  }
  return {
    body,
    traceId,
    key: traceId + id.toLowerCase(),
    isSubsegment: body['type'] === 'subsegment',
    isInProgress: body['in_progress'] === true && body['end_time'] === undefined,
  };
}

function objectOf(value: unknown, path: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as JsonObject;
  }
  throw missing(path, value, 'an object');
}

function missing(path: string, found: unknown, wanted: string): TranslateError {
  return new TranslateError(path, `found ${shown(found)}, wanted ${wanted}`);
}
