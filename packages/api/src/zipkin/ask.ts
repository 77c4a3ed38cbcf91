/**
 * The parameters of Zipkin's API → searches and ranges, refusing in Zipkin's own words.
 * https://github.com/openzipkin/zipkin-api/blob/master/zipkin2-api.yaml
 *
 * Times are epoch milliseconds, durations microseconds. Never knows: how anything is answered.
 */
import type { TimeRange } from '@clew/query';
import { BadAsk, first, type Parameters } from '../ask/parameters.ts';
import { limits } from '../limits.ts';

const msNs = 1_000_000n;
const dayMs = 86_400_000;
const limitDefault = 10;

/** Names in lower case, which is how Zipkin compares them; empty asks for all. */
export type ZipkinSearch = {
  readonly service: string;
  readonly remoteService: string;
  readonly spanName: string;
  /** Tag → value; an empty value asks for an annotation of that text or a tag of that name. */
  readonly annotations: ReadonlyMap<string, string>;
  readonly minNs: bigint | undefined;
  readonly maxNs: bigint | undefined;
  readonly range: TimeRange;
  readonly limit: number;
};

/** @throws BadAsk */
export function searchOf(given: Parameters, nowMs: number): ZipkinSearch {
  const name = (parameter: string) => first(given, parameter).trim().toLowerCase();
  // What an older form of Zipkin's UI sends for "any".
  const spanName = name('spanName') === 'all' ? '' : name('spanName');
  const minUs = positive(given, 'minDuration');
  const maxUs = positive(given, 'maxDuration');
  if (maxUs !== undefined && minUs === undefined) {
    throw new BadAsk('maxDuration is only valid with minDuration');
  }
  if (maxUs !== undefined && minUs !== undefined && maxUs < minUs) {
    throw new BadAsk('maxDuration < minDuration');
  }
  return {
    service: name('serviceName'),
    remoteService: name('remoteServiceName'),
    spanName,
    annotations: annotationsOf(first(given, 'annotationQuery')),
    minNs: minUs === undefined ? undefined : BigInt(minUs) * 1000n,
    maxNs: maxUs === undefined ? undefined : BigInt(maxUs) * 1000n,
    range: rangeOf(given, nowMs),
    limit: Math.min(positive(given, 'limit') ?? limitDefault, limits.tracesMax),
  };
}

/** `endTs` is included. @throws BadAsk */
export function rangeOf(given: Parameters, nowMs: number): TimeRange {
  const endMs = positive(given, 'endTs') ?? Math.floor(nowMs);
  const lookbackMs = positive(given, 'lookback') ?? dayMs;
  return {
    fromNs: BigInt(Math.max(endMs - lookbackMs, 0)) * msNs,
    toNs: BigInt(endMs + 1) * msNs,
  };
}

/** @throws BadAsk when the parameter is missing. */
export function required(given: Parameters, name: string): string {
  const written = first(given, name);
  if (written === '') throw new BadAsk(`parameter ${name} is required`);
  return written;
}

/** Distinct ids in the order given. @throws BadAsk */
export function traceIdsOf(given: Parameters): readonly string[] {
  const written = first(given, 'traceIds');
  if (written === '') throw new BadAsk('traceIds parameter is empty');
  const ids = new Set<string>();
  for (const each of written.split(',')) {
    const id = readTraceId(each);
    if (ids.has(id)) throw new BadAsk(`redundant traceId: ${each}`);
    ids.add(id);
  }
  if (ids.size === 1) {
    throw new BadAsk('Use /api/v2/trace/{traceId} endpoint to retrieve a single trace');
  }
  if (ids.size > limits.traceIdsMax) {
    throw new BadAsk(`found ${ids.size} traceIds, wanted at most ${limits.traceIdsMax}`);
  }
  return [...ids];
}

/** 1 to 32 hex digits, padded to 32. @throws BadAsk */
export function readTraceId(written: string): string {
  const id = written.trim().toLowerCase();
  if (id === '') throw new BadAsk('traceId is empty');
  if (id.length > 32) throw new BadAsk('traceId.length > 32');
  if (!/^[0-9a-f]+$/.test(id)) {
    throw new BadAsk(`${written.trim()} should be lower-hex encoded with no prefix`);
  }
  if (/^0+$/.test(id)) throw new BadAsk('traceId is all zeros');
  return id.padStart(32, '0');
}

/** A whole number above zero, of at most 15 digits so that it is exact. */
function positive(given: Parameters, name: string): number | undefined {
  const written = first(given, name);
  if (written === '') return undefined;
  if (/^-\d+$|^0+$/.test(written)) throw new BadAsk(`${name} <= 0`);
  if (!/^\d{1,15}$/.test(written)) {
    throw new BadAsk(`${name}: found ${JSON.stringify(written.slice(0, 80))}, wanted a number`);
  }
  return Number(written);
}

/** `a=b and c`: later pairs replace earlier ones, a word alone never replaces a pair. */
function annotationsOf(written: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const token of written.split(' and ')) {
    const equals = token.indexOf('=');
    const key = (equals === -1 ? token : token.slice(0, equals)).trim();
    if (key === '' || (equals === -1 && found.has(key))) continue;
    found.set(key, equals === -1 ? '' : token.slice(equals + 1).trim());
  }
  if (found.size > limits.attributeConditionsMax) {
    const max = limits.attributeConditionsMax;
    throw new BadAsk(`annotationQuery: found ${found.size} terms, wanted at most ${max}`);
  }
  return found;
}
