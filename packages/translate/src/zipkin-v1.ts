/**
 * A Zipkin span of the first version → one or more of the second, as Zipkin's own converter makes them.
 *
 * The first version has no kinds: pairs of two-letter annotations say who sent and received when, and both sides of
 * a call may stand in one span. Such a span is split, the server's half marked as shared.
 * Never knows: encodings.
 * https://github.com/openzipkin/zipkin/blob/master/zipkin/src/main/java/zipkin2/v1/V1SpanConverter.java
 */

import { countOf, type JsonObject, listOf, objectOf, type Path, textOf } from './zipkin-fields.ts';
import type { ZipkinAnnotation, ZipkinSpan } from './zipkin-model.ts';
import { type Core, readAnnotations } from './zipkin-v1-core.ts';

/** A span of the second version in the making. */
export interface Half {
  readonly source: JsonObject;
  localEndpoint: JsonObject | undefined;
  remoteEndpoint?: JsonObject;
  kind?: string;
  timestamp?: number;
  duration?: number | undefined;
  shared?: boolean;
  readonly annotations: ZipkinAnnotation[];
  readonly tags: Record<string, string>;
}

/** The halves of a span: one for every service that had a part in it. */
export interface Halves {
  /** The half of that endpoint's service, made when there is none; without an endpoint the first. */
  of(endpoint: JsonObject | undefined): Half;
  /** One more half of that endpoint, even though there is one. */
  fork(endpoint: JsonObject | undefined): Half;
  readonly all: readonly Half[];
}

/** @throws TranslateError with the path of a member of a wrong type. */
export function spansOfV1(source: JsonObject, path: Path): ZipkinSpan[] {
  const halves = createHalves(source);
  const core = readAnnotations(source, path, halves);
  const times = {
    timestamp: countOf(source['timestamp'], path, 'timestamp') ?? 0,
    duration: countOf(source['duration'], path, 'duration') ?? 0,
  };
  giveTimes(core, halves, times);
  giveMessagingTimes(core, halves, times);
  readBinaryAnnotations(source, path, core, halves);
  return halves.all.map(({ source: from, ...half }) => ({
    traceId: from['traceId'],
    id: from['id'],
    parentId: from['parentId'],
    name: from['name'],
    debug: from['debug'],
    ...half,
  }));
}

/** A call has two sides, and one may call itself. What names more services than that stays with the first. */
const HALVES_MAX = 4;

function createHalves(source: JsonObject): Halves {
  const all: Half[] = [];
  const fork = (localEndpoint: JsonObject | undefined) => {
    const half: Half = { source, localEndpoint, annotations: [], tags: Object.create(null) };
    all.push(half);
    return half;
  };
  const first = fork(undefined);
  return {
    all,
    fork,
    of(endpoint) {
      if (endpoint === undefined) return first;
      for (const half of all) {
        half.localEndpoint ??= endpoint;
        if (isSameService(half.localEndpoint, endpoint)) return half;
      }
      return all.length < HALVES_MAX ? fork(endpoint) : first;
    },
  };
}

function isSameService(a: JsonObject | undefined, b: JsonObject | undefined): boolean {
  return a?.['serviceName'] === b?.['serviceName'];
}

interface Times {
  readonly timestamp: number;
  readonly duration: number;
}

function giveTimes(core: Core, halves: Halves, times: Times): void {
  const { cr, sr, ss } = core;
  const cs = core.cs ?? startOf(cr, times);
  const received = sr ?? startOf(ss, times);
  if (cs !== undefined && received !== undefined) {
    giveOwnTimes(halves.of(cs.endpoint), times, cs.timestamp, cr?.timestamp);
    splitServer({ ...core, cs, sr: received }, halves, times);
  } else if (cs !== undefined && cr !== undefined) {
    giveOwnTimes(halves.of(cs.endpoint), times, cs.timestamp, cr.timestamp);
  } else if (received !== undefined && ss !== undefined) {
    giveOwnTimes(halves.of(received.endpoint), times, received.timestamp, ss.timestamp);
  } else {
    giveIncompleteTimes(core, halves, times);
  }
  // Only a span that the other side began is reported without its own start or duration.
  const isJoined = times.timestamp === 0 || (ss !== undefined && times.duration === 0);
  if (cs === undefined && sr !== undefined && isJoined) halves.of(sr.endpoint).shared = true;
}

type Event = NonNullable<Core['cs']>;

/** A bridge may send the end of a call only: with the span's own times it says the start. */
function startOf(end: Event | undefined, { timestamp, duration }: Times): Event | undefined {
  if (end === undefined || timestamp === 0 || duration === 0) return undefined;
  return timestamp + duration === end.timestamp ? { ...end, timestamp } : undefined;
}

/** The span's own times are the word of who began it; annotations speak where it has none. */
function giveOwnTimes(half: Half, own: Times, start: number, end: number | undefined): void {
  if (own.timestamp !== 0 && own.duration !== 0) {
    half.timestamp = own.timestamp;
    half.duration = own.duration;
    return;
  }
  half.timestamp = start;
  if (end !== undefined) half.duration = Math.max(0, end - start);
}

/** The server's half of a span that has both. A service that calls itself has two halves all the same. */
function splitServer(
  core: Core & { readonly cs: Event; readonly sr: Event },
  halves: Halves,
  times: Times,
): void {
  const { cs, cr, sr, ss } = core;
  const client = halves.of(cs.endpoint);
  client.kind = 'CLIENT';
  const isLoop = isSameService(cs.endpoint, sr.endpoint);
  const server = isLoop ? halves.fork(sr.endpoint) : halves.of(sr.endpoint);
  server.kind = 'SERVER';
  server.shared = true;
  server.timestamp = sr.timestamp;
  if (ss !== undefined) server.duration = Math.max(0, ss.timestamp - sr.timestamp);
  if (cr === undefined && times.duration === 0) client.duration = undefined;
}

function giveIncompleteTimes(core: Core, halves: Halves, times: Times): void {
  for (const half of halves.all) {
    const [start, end] = half.kind === 'CLIENT' ? [core.cs, core.cr] : [core.sr, core.ss];
    if (half.kind !== 'CLIENT' && half.kind !== 'SERVER') continue;
    if (start !== undefined) half.timestamp = start.timestamp;
    if (end !== undefined) half.annotations.push({ timestamp: end.timestamp, value: end.value });
  }
  const first = halves.of(undefined);
  if (times.timestamp === 0) return;
  first.timestamp = times.timestamp;
  if (times.duration !== 0) first.duration = times.duration;
}

function giveMessagingTimes(core: Core, halves: Halves, times: Times): void {
  const { ms, mr, ws, wr } = core;
  if (ms !== undefined && mr !== undefined) {
    const producer = halves.of(ms.endpoint);
    producer.kind = 'PRODUCER';
    producer.timestamp = ms.timestamp;
    producer.duration = ws === undefined ? undefined : Math.max(0, ws.timestamp - ms.timestamp);
    const isLoop = isSameService(ms.endpoint, mr.endpoint);
    const consumer = isLoop ? halves.fork(mr.endpoint) : halves.of(mr.endpoint);
    consumer.kind = 'CONSUMER';
    consumer.shared = true;
    consumer.timestamp = (wr ?? mr).timestamp;
    if (wr !== undefined) consumer.duration = Math.max(0, mr.timestamp - wr.timestamp);
  } else if (ms !== undefined) {
    giveOwnTimes(halves.of(ms.endpoint), times, ms.timestamp, ws?.timestamp);
  } else if (mr !== undefined) {
    const end = wr === undefined ? undefined : mr.timestamp;
    giveOwnTimes(halves.of(mr.endpoint), times, (wr ?? mr).timestamp, end);
  } else {
    for (const { timestamp, value, endpoint } of [ws, wr].filter((each) => each !== undefined)) {
      halves.of(endpoint).annotations.push({ timestamp, value });
    }
  }
}

/** Tags, and the addresses of the other side: `ca` of a client, `sa` of a server, `ma` of a broker. */
function readBinaryAnnotations(source: JsonObject, path: Path, core: Core, halves: Halves): void {
  const addresses: { ca?: JsonObject; sa?: JsonObject; ma?: JsonObject } = {};
  const list = listOf(source['binaryAnnotations'], path, 'binaryAnnotations');
  for (let i = 0; i < list.length; i += 1) {
    const name = `binaryAnnotations[${i}]`;
    const there = () => `${path()}.${name}`;
    const each = objectOf(list[i], path, name);
    if (each === undefined) continue;
    const key = textOf(each['key'], there, 'key');
    const endpoint = objectOf(each['endpoint'], there, 'endpoint');
    if (key === 'ca' || key === 'sa' || key === 'ma') {
      if (endpoint !== undefined) addresses[key] = endpoint;
      continue;
    }
    const value = valueText(each['value'], there);
    const half = halves.of(endpoint);
    // An empty local component only marks whose span it is.
    if (key !== 'lc' || value !== '') half.tags[key] = value;
  }
  giveRemotes(core, halves, addresses);
}

function valueText(value: unknown, path: Path): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return textOf(value, path, 'value');
}

function giveRemotes(
  { cs, cr, sr, ss, ms, mr }: Core,
  halves: Halves,
  { ca, sa, ma }: { ca?: JsonObject; sa?: JsonObject; ma?: JsonObject },
): void {
  const server = sr ?? ss;
  const client = cs ?? cr;
  const messaging = ms ?? mr;
  if (server === undefined && client === undefined && messaging === undefined) {
    giveLoneRemote(halves, ca, sa);
    return;
  }
  if (ca !== undefined && server !== undefined && !isSameService(ca, server.endpoint)) {
    halfOf(halves, server, 'SERVER').remoteEndpoint = ca;
  }
  if (sa !== undefined && client !== undefined) {
    halfOf(halves, client, 'CLIENT').remoteEndpoint = sa;
  }
  if (ma !== undefined && messaging !== undefined) {
    halves.of(messaging.endpoint).remoteEndpoint = ma;
  }
}

/** Of a service that calls itself both halves are at its endpoint. */
function halfOf(halves: Halves, { endpoint }: Event, kind: string): Half {
  const half = halves.all.find(
    (each) => each.kind === kind && isSameService(each.localEndpoint, endpoint),
  );
  return half ?? halves.of(endpoint);
}

/** Without core annotations an address is all that is known of the call. */
function giveLoneRemote(
  halves: Halves,
  ca: JsonObject | undefined,
  sa: JsonObject | undefined,
): void {
  if (ca !== undefined && sa !== undefined) {
    halves.of(ca).remoteEndpoint = sa;
  } else if (sa !== undefined) {
    halves.of(undefined).remoteEndpoint = sa;
  } else if (ca !== undefined) {
    const half = halves.of(undefined);
    half.kind = 'SERVER';
    half.remoteEndpoint = ca;
  }
}
