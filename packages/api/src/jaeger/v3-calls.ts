/**
 * `jaeger.api_v3.QueryService`: what /api/v3 answers over HTTP, as messages.
 *
 * Never knows: gRPC.
 */
import { conditionsQuestion, type Span } from '@clew/query';
import { BadAsk } from '../ask/parameters.ts';
import { asApiError } from '../errors.ts';
import type { Asker, Call, Told } from '../grpc/service.ts';
import { limits } from '../limits.ts';
import { completeName } from '../say-complete.ts';
import { tracesDataProto } from '../tempo/trace-proto.ts';
import { checkDurations } from './ask.ts';
import { conditionsOf, type JaegerSearch } from './conditions.ts';
import type { JaegerParts } from './routes.ts';
import { operationsShape } from './shape.ts';
import { readTraceId } from './trace-id.ts';
import { depthDefault } from './v3-ask.ts';
import {
  dependenciesResponse,
  operationsResponse,
  readDependenciesRequest,
  readOperationsRequest,
  readSearch,
  readTraceRequest,
  servicesResponse,
  summariesResponse,
  type V3Search,
} from './v3-messages.ts';

export const queryService = 'jaeger.api_v3.QueryService';

/** By the names of the calls. */
export function v3Calls({ query, fresh, settings }: JaegerParts): Readonly<Record<string, Call>> {
  const find = async (request: Uint8Array, asker: Asker) => {
    const search = searchOf(readSearch(request));
    const question = conditionsQuestion(conditionsOf(search), search);
    const { hits, complete } = await query.searchTraces(question, { limit: search.limit }, asker);
    asker.trailer.set(completeName, String(complete));
    return hits;
  };
  return {
    async *GetTrace(request, asker) {
      const id = readTraceId(readTraceRequest(request).traceId);
      await fresh.load();
      const trace = await query.trace(id, asker);
      if (trace === null) throw new BadAsk('trace not found', 404);
      yield* messagesOf(trace.spans.slice(0, settings.traceJsonSpansMax));
    },
    async *FindTraces(request, asker) {
      const hits = await find(request, asker);
      const ids = hits.map(({ traceId }) => traceId);
      for await (const { trace } of query.traces(ids, asker)) {
        if (trace !== null) yield* messagesOf(trace.spans.slice(0, settings.traceJsonSpansMax));
      }
    },
    async *FindTraceSummaries(request, asker) {
      const hits = await find(request, asker);
      yield summariesResponse(hits);
    },
    async *GetServices(_, asker) {
      yield servicesResponse((await query.services(undefined, asker)).map(({ name }) => name));
    },
    async *GetOperations(request, asker) {
      const { service, kind } = readOperationsRequest(request);
      if (service === '') throw new BadAsk('service: found nothing, wanted a name');
      yield operationsResponse(operationsShape(await query.operations(service, asker), kind));
    },
    async *GetDependencies(request, asker) {
      const range = readDependenciesRequest(request);
      if (range.fromNs >= range.toNs) throw new BadAsk('start_time must be before end_time');
      yield dependenciesResponse((await query.dependencies(range, asker)).links);
    },
  };
}

/** What was thrown, as a status and words. */
export function toldAsV3(thrown: unknown): Told {
  if (thrown instanceof BadAsk) return thrown;
  const { status, words } = asApiError(thrown);
  return { status, message: words };
}

function searchOf(asked: V3Search): JaegerSearch {
  const { service, operation, attributes, fromNs, toNs, minNs, maxNs, depth } = asked;
  if (asked.hasFilter) {
    throw new BadAsk(
      'filter: found an expression, wanted the other fields; ask in TraceQL instead',
    );
  }
  if (attributes.size > limits.attributeConditionsMax) {
    throw new BadAsk(
      `attributes: found ${attributes.size}, wanted at most ${limits.attributeConditionsMax}`,
    );
  }
  if (toNs === 0n) throw new BadAsk('start_time_min and start_time_max are required');
  if (fromNs >= toNs) throw new BadAsk('start_time_min must be before start_time_max');
  if (depth < 0) throw new BadAsk(`search_depth: found ${depth}, wanted at least 1`);
  const search = {
    service,
    operation,
    tags: attributes,
    fromNs,
    toNs,
    minNs: minNs === 0n ? undefined : minNs,
    maxNs: maxNs === 0n ? undefined : maxNs,
    limit: Math.min(depth === 0 ? depthDefault : depth, limits.tracesMax),
  };
  checkDurations(search);
  return search;
}

function* messagesOf(spans: readonly Span[]): Generator<Uint8Array> {
  for (const piece of tracesDataProto(spans)) if (piece.length > 0) yield piece;
}
