/**
 * Traces in Zipkin's JSON: one, several by id, or those a search finds.
 *
 * Reads by id see every span acknowledged before them. Never knows: how traces are stored.
 */
import { Readable } from 'node:stream';
import type { ReadTrace, Span, TraceHit } from '@clew/query';
import type { FastifyReply } from 'fastify';
import { BadAsk, type Parameters } from '../ask/parameters.ts';
import { limits } from '../limits.ts';
import { begun, paced } from '../native/paced.ts';
import { sayComplete } from '../say-complete.ts';
import type { App } from '../typed-app.ts';
import { readTraceId, searchOf, traceIdsOf, type ZipkinSearch } from './ask.ts';
import { questionOf } from './conditions.ts';
import { unlisted, type ZipkinParts } from './routes.ts';
import { spanShape } from './span-json.ts';

export function traceRoutes(app: App, parts: ZipkinParts): void {
  const { query, fresh, settings, nowMs = Date.now } = parts;
  const spansMax = settings.traceJsonSpansMax;

  app.get('/traces', unlisted, async ({ query: given, signal }, reply) => {
    const search = searchOf(given as Parameters, nowMs());
    const question = questionOf(search);
    const page = { limit: search.limit };
    const { hits, complete } = await query.searchTraces(question, page, { signal });
    sayComplete(reply, complete);
    const ids = hits.filter((hit) => startsWithin(hit, search)).map(({ traceId }) => traceId);
    return send(reply, tracesJson(query.traces(ids, { signal }), spansMax));
  });

  app.get('/trace/:id', unlisted, async ({ params, signal }, reply) => {
    const { id } = params as { id: string };
    const traceId = readTraceId(id);
    await fresh.load();
    const trace = await query.trace(traceId, { signal });
    if (trace === null) throw new BadAsk(`${id} not found`, 404);
    sayComplete(reply, trace.complete && trace.spans.length <= spansMax);
    return send(reply, paced(spansJson(trace.spans.slice(0, spansMax))));
  });

  app.get('/traceMany', unlisted, async ({ query: given, signal }, reply) => {
    const ids = traceIdsOf(given as Parameters);
    await fresh.load();
    return send(reply, tracesJson(query.traces(ids, { signal }), spansMax));
  });
}

/** A match may belong to a trace that began earlier; Zipkin asks about beginnings. */
function startsWithin({ startNs }: TraceHit, { range }: ZipkinSearch): boolean {
  return BigInt(startNs) >= range.fromNs && BigInt(startNs) < range.toNs;
}

async function send(reply: FastifyReply, pieces: AsyncIterable<string>) {
  const body = Readable.from(await begun(pieces));
  return reply.header('cache-control', 'no-store').type('application/json').send(body);
}

/** The first trace that would pass the maximum of spans ends the list. */
async function* tracesJson(
  traces: AsyncIterable<ReadTrace>,
  spansMax: number,
): AsyncGenerator<string> {
  let spansLeft = spansMax;
  let before = '[';
  for await (const { trace } of traces) {
    if (trace === null) continue;
    const isFirst = spansLeft === spansMax;
    if (trace.spans.length > spansLeft && !isFirst) break;
    yield before;
    yield* paced(spansJson(trace.spans.slice(0, spansLeft)));
    spansLeft -= trace.spans.length;
    before = ',';
  }
  yield before === ',' ? ']' : '[]';
}

function* spansJson(spans: readonly Span[]): Generator<string> {
  yield '[';
  for (let at = 0; at < spans.length; at += limits.spansPerChunk) {
    const chunk = spans.slice(at, at + limits.spansPerChunk);
    const json = chunk.map((span) => JSON.stringify(spanShape(span)));
    yield `${at === 0 ? '' : ','}${json.join(',')}`;
  }
  yield ']';
}
