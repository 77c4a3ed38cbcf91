/**
 * The parameters of Tempo's search → what is asked for, refusing in Tempo's own words.
 * https://grafana.com/docs/tempo/latest/api_docs/#search
 *
 * Times are epoch seconds, durations as Go writes them. Never knows: how anything is answered.
 */
import type { TimeRange } from '@clew/query';
import { parseDurationNs } from '../ask/duration.ts';
import { BadAsk, first, type Parameters } from '../ask/parameters.ts';
import { printGoDuration } from './go-duration.ts';
import { logfmt } from './logfmt.ts';

/** What Tempo takes at most; more traces than Clew gives in one answer are asked for in vain, not refused. */
const limitMost = 262_144;
export const limitDefault = 20;
const spssMost = 100;
export const spssDefault = 3;
const secondNs = 1_000_000_000n;

export type TempoSearch = {
  /** TraceQL; empty when tags are asked for instead, or nothing. */
  readonly q: string;
  readonly tags: ReadonlyMap<string, string>;
  /** Bounds on the length of the trace; only with tags, as Tempo has it. */
  readonly minNs: bigint | undefined;
  readonly maxNs: bigint | undefined;
  readonly limit: number;
  /** Spans of each spanset; 0 for all. */
  readonly spansPerSpanset: number;
  readonly range: TimeRange;
};

/** What bounds a range: the clock, how far back it goes by itself, and how long it may be. */
export type Clock = {
  readonly nowMs: number;
  readonly hotWindowMs: number;
  /** 0 for any length. */
  readonly rangeMsMax: number;
};

/** @throws BadAsk */
export function searchOf(given: Parameters, clock: Clock): TempoSearch {
  const asked: SearchNumbers = {
    q: first(given, 'q'),
    tags: logfmt(first(given, 'tags')),
    minNs: duration(given, 'minDuration'),
    maxNs: duration(given, 'maxDuration'),
    limit: limitOf(first(given, 'limit')),
    spansPerSpanset: spssOf(first(given, 'spss')),
    start: optionalSeconds(first(given, 'start'), 'start'),
    end: optionalSeconds(first(given, 'end'), 'end'),
  };
  return checkedSearch(asked, clock);
}

/** Times are epoch seconds, both or neither; neither asks for all that is hot. */
export type SearchNumbers = Omit<TempoSearch, 'range'> & {
  readonly start: number;
  readonly end: number;
};

/** What is refused of a search, whichever way it came. @throws BadAsk */
export function checkedSearch({ start, end, ...search }: SearchNumbers, clock: Clock): TempoSearch {
  const { q, tags, minNs, maxNs, limit, spansPerSpanset } = search;
  if (q !== '' && tags.size > 0) {
    throw new BadAsk("invalid request: can't specify tags and q in the same query");
  }
  if (minNs !== undefined && maxNs !== undefined && maxNs < minNs) {
    throw new BadAsk('invalid maxDuration: must be greater than minDuration');
  }
  if (limit > limitMost) throw new BadAsk(`limit ${limit} exceeds max limit ${limitMost}`);
  if (spansPerSpanset > spssMost) {
    throw new BadAsk(`spans per span set exceeds ${spssMost}. received ${spansPerSpanset}`);
  }
  return { ...search, range: checkedRange(start, end, clock) };
}

/** @param start epoch seconds, 0 for none @throws BadAsk */
export function checkedRange(start: number, end: number, clock: Clock): TimeRange {
  if (start === 0 && end === 0) return recentRange(clock);
  if (start === 0 || end === 0) {
    throw new BadAsk(
      `please provide non-zero values for http parameters start and end. received start=${start} end=${end}`,
    );
  }
  if (start >= end) {
    throw new BadAsk(`http parameter start must be before end. received start=${start} end=${end}`);
  }
  const { rangeMsMax } = clock;
  if (rangeMsMax > 0 && (end - start) * 1000 > rangeMsMax) {
    const most = printGoDuration(BigInt(rangeMsMax) * 1_000_000n);
    throw new BadAsk(
      `range specified by start and end exceeds ${most}. received start=${start} end=${end}`,
    );
  }
  return { fromNs: BigInt(start) * secondNs, toNs: BigInt(end) * secondNs };
}

/** Senders' clocks may be ahead by an hour. */
function recentRange({ nowMs, hotWindowMs }: Clock): TimeRange {
  const nowSeconds = BigInt(Math.floor(nowMs / 1000));
  const hotSeconds = BigInt(Math.ceil(hotWindowMs / 1000));
  const fromSeconds = nowSeconds > hotSeconds ? nowSeconds - hotSeconds : 0n;
  return { fromNs: fromSeconds * secondNs, toNs: (nowSeconds + 3600n) * secondNs };
}

/** Epoch seconds as a uint32; 0 when nothing is given. @throws BadAsk */
export function optionalSeconds(written: string, name: string): number {
  if (written === '') return 0;
  if (/^\d{1,10}$/.test(written) && Number(written) < 2 ** 32) return Number(written);
  throw new BadAsk(`invalid ${name}: found ${quoted(written)}, wanted epoch seconds`);
}

/** @throws BadAsk */
function duration(given: Parameters, name: string): bigint | undefined {
  const written = first(given, name);
  if (written === '') return undefined;
  const isBare = /^\d+$/.test(written);
  const ns = isBare ? undefined : parseDurationNs(written);
  if (ns === undefined && written !== '0') {
    const wrong = isBare ? 'missing unit in' : 'invalid';
    throw new BadAsk(`invalid ${name}: time: ${wrong} duration ${quoted(written)}`);
  }
  return ns === 0n ? undefined : ns;
}

function limitOf(written: string): number {
  if (written === '') return limitDefault;
  const limit = whole(written, 'limit');
  if (limit === 0) throw new BadAsk('invalid limit: must be a positive number');
  return limit;
}

function spssOf(written: string): number {
  return written === '' ? spssDefault : whole(written, 'spss');
}

/** A number that may be far too large, and is exact. @throws BadAsk */
export function whole(written: string, name: string): number {
  if (/^-\d+$/.test(written)) throw new BadAsk(`invalid ${name}: must be a positive number`);
  if (/^\d{1,15}$/.test(written)) return Number(written);
  throw new BadAsk(`invalid ${name}: strconv.Atoi: parsing ${quoted(written)}: invalid syntax`);
}

/** What was found, for a refusal; not all of it. */
export function quoted(written: string): string {
  return JSON.stringify(written.slice(0, 80));
}
