/**
 * Jaeger's API v3 over HTTP: services, operations, trace summaries, and traces as OTLP/JSON.
 *
 * Never knows: how anything is stored.
 */
import { Readable } from 'node:stream';
import { conditionsQuestion, type Span } from '@clew/query';
import type { FastifyReply } from 'fastify';
import { BadAsk, first, type Parameters } from '../ask/parameters.ts';
import { otlpJson } from '../native/otlp-json.ts';
import { paced } from '../native/paced.ts';
import { sayComplete } from '../say-complete.ts';
import type { App } from '../typed-app.ts';
import { conditionsOf } from './conditions.ts';
import { type JaegerParts, unlisted } from './routes.ts';
import { operationsShape, summaryShape } from './shape.ts';
import { readTraceId } from './trace-id.ts';
import { v3SearchOf } from './v3-ask.ts';

const notFound = 'No traces found';

export function v3Routes(app: App, { query, fresh, settings }: JaegerParts): void {
  const spansMax = settings.traceJsonSpansMax;

  app.get('/services', unlisted, async ({ signal }) => ({
    services: (await query.services(undefined, { signal })).map(({ name }) => name),
  }));

  app.get('/operations', unlisted, async (request) => {
    const given = request.query as Parameters;
    const service = first(given, 'service');
    if (service === '')
      throw new BadAsk('malformed parameter service: found nothing, wanted a name');
    const kind = first(given, 'spanKind') || first(given, 'span_kind');
    const operations = await query.operations(service, { signal: request.signal });
    return { operations: operationsShape(operations, kind) };
  });

  app.get('/trace-summaries', unlisted, async (request, reply) => {
    const { hits, complete } = await find(request.query as Parameters, request.signal);
    sayComplete(reply, complete);
    return { summaries: hits.map(summaryShape) };
  });

  app.get('/traces', unlisted, async (request, reply) => {
    const { hits, complete } = await find(request.query as Parameters, request.signal);
    const ids = hits.map(({ traceId }) => traceId);
    const spans: Span[] = [];
    for await (const { trace } of query.traces(ids, { signal: request.signal })) {
      for (const span of trace?.spans ?? []) if (spans.length <= spansMax) spans.push(span);
      if (spans.length > spansMax) break;
    }
    return sendSpans(reply, spans, complete);
  });

  app.get('/traces/:id', unlisted, async (request, reply) => {
    const id = readTraceId((request.params as { id: string }).id);
    await fresh.load();
    const trace = await query.trace(id, { signal: request.signal });
    return sendSpans(reply, trace?.spans ?? [], trace?.complete ?? true);
  });

  function find(given: Parameters, signal: AbortSignal) {
    const search = v3SearchOf(given);
    const question = conditionsQuestion(conditionsOf(search), search);
    return query.searchTraces(question, { limit: search.limit }, { signal });
  }

  function sendSpans(reply: FastifyReply, spans: readonly Span[], complete: boolean): FastifyReply {
    if (spans.length === 0) throw new BadAsk(notFound, 404);
    sayComplete(reply, complete && spans.length <= spansMax);
    return reply
      .header('cache-control', 'no-store')
      .type('application/json')
      .send(Readable.from(paced(resultJson(spans.slice(0, spansMax)))));
  }
}

function* resultJson(spans: readonly Span[]): Generator<string> {
  yield '{"result":';
  yield* otlpJson(spans);
  yield '}';
}
