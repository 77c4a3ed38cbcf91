/**
 * The parameters of Jaeger's older JSON API → searches and ranges, refusing in Jaeger's own words.
 *
 * Times are epoch microseconds or milliseconds, durations as Go writes them. Never knows: how anything is answered.
 */
import type { TimeRange } from '@clew/query';
import { parseDurationNs } from '../ask/duration.ts';
import { all, BadAsk, first, type Parameters } from '../ask/parameters.ts';
import { limits } from '../limits.ts';
import type { JaegerSearch } from './conditions.ts';

const microsecondNs = 1_000n;
const millisecondNs = 1_000_000n;
const dayNs = 86_400_000_000_000n;

/** Jaeger looks two days back when no start is given. */
const searchLookbackNs = 2n * dayNs;
const limitDefault = 100;

/** @throws BadAsk */
export function searchOf(given: Parameters, nowMs: number): JaegerSearch {
  const service = first(given, 'service');
  const nowNs = BigInt(Math.floor(nowMs)) * millisecondNs;
  const endNs = epochNs(given, 'end', microsecondNs) ?? nowNs;
  const lookbackNs = parseDurationNs(first(given, 'lookback')) ?? searchLookbackNs;
  const startNs = epochNs(given, 'start', microsecondNs) ?? endNs - lookbackNs;
  const search = {
    service,
    operation: first(given, 'operation'),
    tags: tagsOf(given),
    limit: limitOf(first(given, 'limit'), limitDefault, 'limit'),
    minNs: goDurationNs(given, 'minDuration'),
    maxNs: goDurationNs(given, 'maxDuration'),
    fromNs: startNs < 0n ? 0n : startNs,
    // Jaeger includes the last microsecond.
    toNs: endNs + microsecondNs,
  };
  if (service === '') throw new BadAsk("parameter 'service' is required");
  checkDurations(search);
  return search;
}

/** @throws BadAsk when the two exclude everything. */
export function checkDurations({ minNs, maxNs }: Pick<JaegerSearch, 'minNs' | 'maxNs'>): void {
  if (minNs && maxNs && maxNs < minNs) {
    throw new BadAsk("'maxDuration' should be greater than 'minDuration'");
  }
}

/** `endTs` and `lookback` in milliseconds. @throws BadAsk */
export function rangeOf(given: Parameters, nowMs: number, lookbackMs: number): TimeRange {
  const endNs = epochNs(given, 'endTs', millisecondNs) ?? BigInt(Math.floor(nowMs)) * millisecondNs;
  const lookbackNs = epochNs(given, 'lookback', millisecondNs);
  const fromNs = endNs - (lookbackNs ?? BigInt(lookbackMs) * millisecondNs);
  return { fromNs: fromNs < 0n ? 0n : fromNs, toNs: endNs };
}

/** More traces than the maximum are not refused: Jaeger gives what it has. */
export function limitOf(written: string, otherwise: number, name: string): number {
  if (written === '') return otherwise;
  const limit = Number(written);
  if (!/^\+?\d{1,9}$/.test(written) || limit < 1) throw notInt(name, written);
  return Math.min(limit, limits.tracesMax);
}

/** A Go duration: digits need a unit. Empty and zero are no condition. */
function goDurationNs(given: Parameters, name: string): bigint | undefined {
  const written = first(given, name);
  if (written === '' || written === '0') return undefined;
  const quoted = JSON.stringify(written.slice(0, 80));
  if (/^\d+$/.test(written)) {
    throw unparsed(name, `time: missing unit in duration ${quoted}`);
  }
  const ns = parseDurationNs(written);
  if (ns === undefined) throw unparsed(name, `time: invalid duration ${quoted}`);
  return ns === 0n ? undefined : ns;
}

/** A whole number of units as nanoseconds; undefined when it is not given. @throws BadAsk */
function epochNs(given: Parameters, name: string, unitNs: bigint): bigint | undefined {
  const written = first(given, name);
  if (written === '') return undefined;
  if (!/^-?\d{1,18}$/.test(written)) throw notInt(name, written);
  return BigInt(written) * unitNs;
}

function notInt(name: string, written: string): BadAsk {
  const quoted = JSON.stringify(written.slice(0, 80));
  return unparsed(name, `strconv.ParseInt: parsing ${quoted}: invalid syntax`);
}

function unparsed(name: string, reason: string): BadAsk {
  return new BadAsk(`unable to parse param '${name}': ${reason}`);
}

// ── Tags ────────────────────────────────────────────────────────────────────────────────────────

/** `tag=key:value`, repeated, and `tags` as a JSON object or, as people type it, as logfmt. */
function tagsOf(given: Parameters): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  for (const tag of all(given, 'tag')) {
    const colon = tag.indexOf(':');
    if (colon < 1) {
      throw new BadAsk(`malformed 'tag' parameter, expecting key:value, received: ${tag}`);
    }
    tags.set(tag.slice(0, colon), tag.slice(colon + 1));
  }
  for (const written of all(given, 'tags')) {
    const isJson = written.trimStart().startsWith('{');
    const found = isJson ? jsonTags(written, 'tags') : logfmtTags(written);
    for (const [key, value] of found) tags.set(key, value);
  }
  if (tags.size > limits.attributeConditionsMax) {
    throw new BadAsk(`found ${tags.size} tags, wanted at most ${limits.attributeConditionsMax}`);
  }
  return tags;
}

/** A JSON object of strings; numbers and booleans are taken as their text. @throws BadAsk */
export function jsonTags(written: string, name: string): readonly [string, string][] {
  const malformed = (reason: string) =>
    new BadAsk(`malformed '${name}' parameter, cannot unmarshal JSON: ${reason}`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(written);
  } catch (cause) {
    throw malformed((cause as Error).message);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw malformed('found no object');
  }
  return Object.entries(parsed).map(([key, value]) => {
    if (typeof value === 'object') throw malformed(`the value of ${key} is no string`);
    return [key, String(value)];
  });
}

/** `a=b c="d \"e\"" f`: a key alone asks for `true`, as logfmt has it. */
function logfmtTags(written: string): readonly [string, string][] {
  const pair = /\s*([^\s="]+)(?:=(?:"((?:[^"\\]|\\.)*)"|([^\s"]*)))?(?=\s|$)/gy;
  const found: [string, string][] = [];
  const end = written.trimEnd().length;
  while (pair.lastIndex < end) {
    const at = pair.lastIndex;
    const [, key, quoted, bare] = pair.exec(written) ?? [];
    if (key === undefined) {
      const rest = JSON.stringify(written.slice(at, at + 40));
      throw new BadAsk(`malformed 'tags' parameter, expecting JSON or logfmt, received: ${rest}`);
    }
    found.push([key, quoted?.replace(/\\(.)/g, '$1') ?? bare ?? 'true']);
  }
  return found;
}
