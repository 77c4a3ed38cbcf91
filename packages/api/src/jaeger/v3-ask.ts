/**
 * The `query.…` parameters of Jaeger's API v3 → a search.
 * https://github.com/jaegertracing/jaeger-idl/blob/main/proto/api_v3/query_service.proto
 *
 * Never knows: how it is answered.
 */
import { parseDurationNs } from '../ask/duration.ts';
import { BadAsk, first, type Parameters } from '../ask/parameters.ts';
import { parseTimeNs } from '../ask/time.ts';
import { limits } from '../limits.ts';
import { checkDurations, jsonTags, limitOf } from './ask.ts';
import type { JaegerSearch } from './conditions.ts';

export const depthDefault = 100;

/** @throws BadAsk */
export function v3SearchOf(given: Parameters): JaegerSearch {
  const read = (...names: readonly string[]) => {
    const name = names.find((each) => first(given, `query.${each}`) !== '') ?? names[0]!;
    return { name: `query.${name}`, written: first(given, `query.${name}`) };
  };
  // Experimental in Jaeger; to ignore it would answer another question.
  const filter = read('filter');
  if (filter.written !== '') throw malformed(filter.name, filter.written, 'the other parameters');
  const attributes = read('attributes');
  const tags = attributes.written === '' ? [] : jsonTags(attributes.written, attributes.name);
  if (tags.length > limits.attributeConditionsMax) {
    throw new BadAsk(
      `found ${tags.length} attributes, wanted at most ${limits.attributeConditionsMax}`,
    );
  }
  const depth = read('searchDepth', 'search_depth', 'numTraces', 'num_traces');
  const search = {
    service: read('serviceName', 'service_name').written,
    operation: read('operationName', 'operation_name').written,
    tags: new Map(tags),
    fromNs: timeNs(read('startTimeMin', 'start_time_min')),
    toNs: timeNs(read('startTimeMax', 'start_time_max')),
    minNs: durationNs(read('durationMin', 'duration_min')),
    maxNs: durationNs(read('durationMax', 'duration_max')),
    limit: limitOf(depth.written, depthDefault, depth.name),
  };
  if (search.fromNs >= search.toNs) {
    throw new BadAsk('query.startTimeMin must be before query.startTimeMax');
  }
  checkDurations(search);
  return search;
}

type Written = { readonly name: string; readonly written: string };

/** RFC 3339 only, as protobuf's JSON has it. */
function timeNs({ name, written }: Written): bigint {
  if (written === '') throw new BadAsk(`${name} is required`);
  const ns = /^\d{4}-/.test(written) ? parseTimeNs(written, 0) : undefined;
  if (ns === undefined) throw malformed(name, written, 'a time such as 2026-01-31T12:00:00Z');
  return ns;
}

function durationNs({ name, written }: Written): bigint | undefined {
  if (written === '' || written === '0') return undefined;
  const ns = /^\d+$/.test(written) ? undefined : parseDurationNs(written);
  if (ns === undefined) throw malformed(name, written, 'a duration such as 1.5s');
  return ns === 0n ? undefined : ns;
}

function malformed(name: string, written: string, wanted: string): BadAsk {
  const found = JSON.stringify(written.slice(0, 80));
  return new BadAsk(`malformed parameter ${name}: found ${found}, wanted ${wanted}`);
}
