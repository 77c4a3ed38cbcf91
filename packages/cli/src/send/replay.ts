/**
 * Captured requests again, as if they were new: other ids and, if wanted, the times of now.
 *
 * Ids have a fixed length and times are fixed64, so both are written over in a copy of the bytes; nothing is decoded.
 * Every id of one round is changed by the same random mask, so that parents, links and traces over several
 * requests stay together, and no two rounds share an id. Never knows: files, HTTP, pace.
 */
import { randomBytes } from 'node:crypto';
import { createReader, isZero, type Reader } from '@clew/wire';

export interface Capture {
  readonly body: Uint8Array;
  readonly spans: number;
}

export interface Round {
  /** The bytes of a request in this round; a copy. */
  rewrite(at: number): Uint8Array;
}

export interface Replay {
  /** When the last span ended, epoch nanoseconds; 0 when no span says. */
  readonly endNs: bigint;
  /** `shiftNs` is added to every time that is set. */
  round(shiftNs: bigint): Round;
}

/** Where in a body things stand that change. */
interface Places {
  readonly traceIds: number[];
  readonly spanIds: number[];
  readonly times: number[];
}

export function createReplay(captures: readonly Capture[]): Replay {
  let endNs = 0n;
  const noteEnd = (ns: bigint) => {
    if (ns > endNs) endNs = ns;
  };
  const places = captures.map(({ body }) => findPlaces(body, noteEnd));
  return {
    get endNs() {
      return endNs;
    },
    round(shiftNs) {
      const traceMask = randomBytes(16);
      const spanMask = randomBytes(8);
      return {
        rewrite: (at) => {
          const body = (captures[at] as Capture).body.slice();
          const { traceIds, spanIds, times } = places[at] as Places;
          for (const place of traceIds) mask(body, place, traceMask);
          for (const place of spanIds) mask(body, place, spanMask);
          if (shiftNs !== 0n) shift(body, times, shiftNs);
          return body;
        },
      };
    },
  };
}

function mask(body: Uint8Array, at: number, bytes: Uint8Array): void {
  for (let i = 0; i < bytes.length; i++) body[at + i] = (body[at + i] as number) ^ bytes[i]!;
}

function shift(body: Uint8Array, times: readonly number[], shiftNs: bigint): void {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  for (const at of times) view.setBigUint64(at, view.getBigUint64(at, true) + shiftNs, true);
}

const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;
/** Field numbers of OTLP: TracesData 1 → ResourceSpans 2 → ScopeSpans 2 → Span. */
const PATH = [1, 2, 2] as const;

function findPlaces(body: Uint8Array, noteEnd: (ns: bigint) => void): Places {
  const places: Places = { traceIds: [], spanIds: [], times: [] };
  const descend = (reader: Reader, level: number) => {
    if (level === PATH.length) return readSpan(reader, places, noteEnd);
    while (reader.next()) if (reader.field === PATH[level]) descend(reader.message(), level + 1);
  };
  descend(createReader(body), 0);
  return places;
}

function readSpan(span: Reader, places: Places, noteEnd: (ns: bigint) => void): void {
  while (span.next()) {
    if (span.field === 1) noteId(places.traceIds, span, TRACE_ID_BYTES);
    else if (span.field === 2 || span.field === 4) noteId(places.spanIds, span, SPAN_ID_BYTES);
    else if (span.field === 7 || span.field === 8) noteTime(places, span);
    else if (span.field === 11) readEvent(span.message(), places);
    else if (span.field === 13) readLink(span.message(), places);
    if (span.field === 8) noteEnd(span.fixed64());
  }
}

function readEvent(event: Reader, places: Places): void {
  while (event.next()) if (event.field === 1) noteTime(places, event);
}

/** Links are followed: one to a trace outside the capture leads nowhere afterwards, as it would elsewhere. */
function readLink(link: Reader, places: Places): void {
  while (link.next()) {
    if (link.field === 1) noteId(places.traceIds, link, TRACE_ID_BYTES);
    if (link.field === 2) noteId(places.spanIds, link, SPAN_ID_BYTES);
  }
}

/** What is no id (of another length, or zero, as some write "no parent") stays so. */
function noteId(places: number[], { source, valueAt, valueEnd }: Reader, length: number): void {
  if (valueEnd - valueAt === length && !isZero(source, valueAt, valueEnd)) places.push(valueAt);
}

function noteTime({ times }: Places, reader: Reader): void {
  if (reader.fixed64() !== 0n) times.push(reader.valueAt);
}
