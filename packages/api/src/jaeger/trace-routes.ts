/**
 * Whole traces in Jaeger's JSON: one, several by id, or those a search finds; and the archive.
 *
 * Reads by id see every span acknowledged before them. Never knows: how traces are stored.
 */
import { Readable } from 'node:stream';
import { conditionsQuestion, type ReadTrace, type Trace } from '@clew/query';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { all, BadAsk, type Parameters } from '../ask/parameters.ts';
import { limits } from '../limits.ts';
import { begun, paced } from '../native/paced.ts';
import { sayComplete } from '../say-complete.ts';
import { shortTraceId } from '../short-trace-id.ts';
import type { App } from '../typed-app.ts';
import { searchOf } from './ask.ts';
import { conditionsOf } from './conditions.ts';
import { isPretty, isSet } from './flags.ts';
import { indented } from './indented.ts';
import { type EnvelopeError, envelope } from './refuse.ts';
import { type JaegerParts, unlisted } from './routes.ts';
import { readTraceId } from './trace-id.ts';
import { traceJson } from './trace-json.ts';

const notFound = 'trace not found';
const searchCut =
  'the search ran out of time: there may be others; ask about a shorter time or with more conditions';

export function traceRoutes(app: App, parts: JaegerParts): void {
  const { query, fresh, settings, nowMs = Date.now } = parts;
  const spansMax = settings.traceJsonSpansMax;

  app.get('/traces/:id', unlisted, async (request, reply) => {
    const id = readTraceId((request.params as { id: string }).id);
    await fresh.load();
    const trace = await query.trace(id, { signal: request.signal });
    if (trace === null) throw new BadAsk(notFound, 404);
    const raw = isSet(request, 'raw');
    return sendTraces(request, reply, tracesJson([id], [{ id, trace }], { raw, spansMax }));
  });

  app.get('/traces', unlisted, async (request, reply) => {
    const given = request.query as Parameters;
    const raw = isSet(request, 'raw');
    const asker = { signal: request.signal };
    const ids = all(given, 'traceID').map(readTraceId);
    if (ids.length > limits.traceIdsMax) {
      throw new BadAsk(`found ${ids.length} trace ids, wanted at most ${limits.traceIdsMax}`);
    }
    if (ids.length > 0) await fresh.load();
    const wanted =
      ids.length > 0 ? { ids, complete: true } : await found(searchOf(given, nowMs()), asker);
    const distinct = [...new Set(wanted.ids)];
    sayComplete(reply, wanted.complete);
    const errors = wanted.complete ? [] : [{ msg: searchCut }];
    return sendTraces(
      request,
      reply,
      tracesJson(distinct, query.traces(distinct, asker), { raw, spansMax, errors }),
    );
  });

  async function found(search: ReturnType<typeof searchOf>, asker: { signal: AbortSignal }) {
    const question = conditionsQuestion(conditionsOf(search), search);
    const { hits, complete } = await query.searchTraces(question, { limit: search.limit }, asker);
    return { ids: hits.map(({ traceId }) => traceId), complete };
  }

  // Jaeger copies to a second storage; here the trace stays where it is, and is kept when its hour ages out.
  const archive = { ...unlisted, config: { takesPost: true } };
  app.post('/archive/:id', archive, async (request) => {
    const id = readTraceId((request.params as { id: string }).id);
    await fresh.load();
    if (!(await query.pin(id, { signal: request.signal }))) throw new BadAsk(notFound, 404);
    return envelope([]);
  });
}

async function sendTraces(
  request: FastifyRequest,
  reply: FastifyReply,
  pieces: AsyncIterable<string>,
) {
  const shown = isPretty(request) ? indented(pieces) : pieces;
  const body = Readable.from(await begun(shown));
  return reply.header('cache-control', 'no-store').type('application/json').send(body);
}

type TraceOptions = { readonly raw: boolean; readonly spansMax: number };
type TracesOptions = TraceOptions & { readonly errors?: readonly EnvelopeError[] };

/** Stops at the maximum of spans, and says which traces are missing and why. */
async function* tracesJson(
  ids: readonly string[],
  traces: AsyncIterable<ReadTrace> | Iterable<ReadTrace>,
  { raw, spansMax, errors: known = [] }: TracesOptions,
): AsyncGenerator<string> {
  const errors: EnvelopeError[] = [...known];
  let read = 0;
  let spansLeft = spansMax;
  let before = '{"data":[';
  for await (const { id, trace } of traces) {
    read++;
    if (trace === null) {
      errors.push({ msg: notFound, traceID: shortTraceId(id) });
      continue;
    }
    yield before;
    yield* paced(oneTrace(trace, { raw, spansMax: spansLeft }));
    before = ',';
    spansLeft -= trace.spans.length;
    if (spansLeft <= 0) break;
  }
  const msg = `left out: ${spansMax} spans are the most in one answer`;
  for (const id of ids.slice(read)) errors.push({ msg, traceID: shortTraceId(id) });
  yield `${before === ',' ? '' : before}${endOf(errors)}`;
}

function* oneTrace(trace: Trace, { raw, spansMax }: TraceOptions): Generator<string> {
  const { traceId, spans, complete } = trace;
  const isWhole = complete && spans.length <= spansMax;
  const shown = spans.slice(0, spansMax);
  const warnings = isWhole
    ? []
    : [`the trace is longer: its first ${shown.length} spans are shown`];
  yield* traceJson(shown, { traceId, raw, warnings });
}

function endOf(errors: readonly EnvelopeError[]): string {
  const said = JSON.stringify(errors.length === 0 ? null : errors);
  return `],"total":0,"limit":0,"offset":0,"errors":${said}}`;
}
