/**
 * What each call of `tempopb.StreamingQuerier` answers: messages, as they are found.
 *
 * Grafana puts the messages of a search together by trace id and keeps the first of each, so a trace is sent once and
 * whole. Never knows: gRPC.
 */
import type { Asker, Call } from '../grpc/service.ts';
import {
  checkedSearch,
  limitDefault,
  type SearchNumbers,
  spssDefault,
  type TempoSearch,
} from './ask.ts';
import { foundTraces } from './found-traces.ts';
import {
  instantResponse,
  rangeResponse,
  scopedTagsResponse,
  searchResponse,
  tagsResponse,
  typedValuesResponse,
} from './grpc-answers.ts';
import {
  type ListRequest,
  type MetricsRequest,
  readMetricsRequest,
  readSearchRequest,
  readTagsRequest,
  readTagValuesRequest,
  type SearchRequest,
} from './grpc-asks.ts';
import { type MetricsAsk, metricsAsk } from './metrics-ask.ts';
import { metricsClock } from './metrics-routes.ts';
import { instantShape, type MetricsAnswer, rangeShape } from './metrics-shape.ts';
import type { TempoParts } from './routes.ts';
import { searchClock } from './search-routes.ts';
import type { FoundTrace } from './search-shape.ts';
import { flatTags, flatValues, scopedTags, typedValues } from './tag-answers.ts';
import { listOf, scopeOf } from './tag-ask.ts';

/** By the names of the calls. */
export function streams(parts: TempoParts): Readonly<Record<string, Call>> {
  const { query } = parts;
  return {
    Search: (request, asker) => searchStream(parts, readSearchRequest(request), asker),

    async *SearchTags(request, asker) {
      const asked = readTagsRequest(request);
      yield tagsResponse(await flatTags(query, scopeOf(asked.scope), listOf(asked), asker));
    },
    async *SearchTagsV2(request, asker) {
      const asked = readTagsRequest(request);
      yield scopedTagsResponse(await scopedTags(query, scopeOf(asked.scope), listOf(asked), asker));
    },
    async *SearchTagValues(request, asker) {
      const asked: ListRequest = readTagValuesRequest(request);
      yield tagsResponse(await flatValues(query, asked.tag, listOf(asked), asker));
    },
    async *SearchTagValuesV2(request, asker) {
      const asked = readTagValuesRequest(request);
      yield typedValuesResponse(await typedValues(query, asked.tag, listOf(asked), asker));
    },

    async *MetricsQueryRange(request, asker) {
      const { question, ...options } = metricsOf(parts, readMetricsRequest(request));
      const answer = rangeShape(await query.seriesRange(question, options, asker));
      yield* inMessages(answer, rangeResponse);
    },
    async *MetricsQueryInstant(request, asker) {
      const { question, seriesMax } = metricsOf(parts, readMetricsRequest(request));
      const answer = instantShape(await query.seriesInstant(question, { seriesMax }, asker));
      yield* inMessages(answer, instantResponse);
    },
  };
}

async function* searchStream(
  parts: TempoParts,
  request: SearchRequest,
  asker: Asker,
): AsyncGenerator<Uint8Array> {
  const search = searchOf(parts, request);
  const found = foundTraces(search, (question, page) =>
    parts.query.searchTracesStream(question, page, asker),
  );
  for await (const { traces, metrics } of found) {
    for (const some of inParts(traces)) yield searchResponse(some, metrics);
  }
}

function searchOf(parts: TempoParts, request: SearchRequest): TempoSearch {
  const { minMs, maxMs, limit, spss, ...rest } = request;
  const ns = (ms: number) => (ms === 0 ? undefined : BigInt(ms) * 1_000_000n);
  const asked: SearchNumbers = {
    ...rest,
    minNs: ns(minMs),
    maxNs: ns(maxMs),
    limit: limit || limitDefault,
    spansPerSpanset: spss || spssDefault,
  };
  return checkedSearch(asked, searchClock(parts));
}

function metricsOf(parts: TempoParts, request: MetricsRequest): MetricsAsk {
  const { startNs, endNs, ...rest } = request;
  return metricsAsk({ ...rest, range: { fromNs: startNs, toNs: endNs } }, metricsClock(parts));
}

/** Receivers take 4 MiB at most, and are served at a quarter of that. */
const messageBytesMost = 1024 * 1024;

/** At least one part, so that a search without hits says how far it has come. JSON is longer than protobuf. */
function* inParts(traces: readonly FoundTrace[]): Generator<readonly FoundTrace[]> {
  let part: FoundTrace[] = [];
  let bytes = 0;
  for (const trace of traces) {
    const more = JSON.stringify(trace).length;
    if (bytes + more > messageBytesMost && part.length > 0) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(trace);
    bytes += more;
  }
  yield part;
}

/** Series that come later are added to those before. */
function* inMessages<One>(
  answer: MetricsAnswer<One>,
  write: (answer: MetricsAnswer<One>) => Uint8Array,
): Generator<Uint8Array> {
  const whole = write(answer);
  const { series } = answer;
  if (whole.length <= messageBytesMost || series.length < 2) {
    yield whole;
    return;
  }
  const half = Math.ceil(series.length / 2);
  yield* inMessages({ ...answer, series: series.slice(0, half) }, write);
  yield* inMessages({ ...answer, series: series.slice(half) }, write);
}
