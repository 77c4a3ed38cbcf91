/**
 * One trace by its id: v1, the bare trace, and v2, a trace with what is to be said about it. Protobuf or JSON, by `Accept`.
 *
 * Reads by id see every span acknowledged before them. `start` and `end` only tell Tempo where to look, and Clew knows.
 * Never knows: how traces are stored.
 */
import { Readable } from 'node:stream';
import type { Span } from '@clew/query';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BadAsk, first, type Parameters } from '../ask/parameters.ts';
import { type OtlpForm, otlpJson } from '../native/otlp-json.ts';
import { paced } from '../native/paced.ts';
import { sayComplete } from '../say-complete.ts';
import type { App } from '../typed-app.ts';
import { optionalSeconds } from './ask.ts';
import { json, protobuf, takesProtobuf } from './negotiate.ts';
import { type TempoParts, unlisted } from './routes.ts';
import { filteredSpans, type TraceFilter, traceFilterOf } from './trace-filter.ts';
import { readTraceId } from './trace-id.ts';
import { type PartialTrace, traceByIdProto, tracesDataProto } from './trace-proto.ts';

export function traceRoutes(app: App, parts: TempoParts): void {
  app.get('/api/traces/:id', unlisted, async (request, reply) => {
    const { spans, cut } = await readTrace(request, parts);
    // Tempo's first API answers an unknown trace with nothing at all.
    if (spans.length === 0) throw new BadAsk('', 404);
    sayComplete(reply, cut === null);
    return takesProtobuf(request)
      ? send(reply, protobuf, tracesDataProto(spans))
      : send(reply, json, otlpJson(spans, batches));
  });

  app.get('/api/v2/traces/:id', unlisted, async (request, reply) => {
    const filter = traceFilterOf(request.query as Parameters);
    const { spans, cut } = await readTrace(request, parts, filter);
    return takesProtobuf(request)
      ? send(reply, protobuf, traceByIdProto(spans, cut))
      : send(reply, json, traceByIdJson(spans, cut));
  });
}

function send(reply: FastifyReply, type: string, pieces: Iterable<string | Uint8Array>) {
  const body = Readable.from(paced(pieces), { objectMode: false });
  return reply.header('cache-control', 'no-store').type(type).send(body);
}

type Read = { readonly spans: readonly Span[]; readonly cut: PartialTrace };

/** No spans when there is no such trace. @throws BadAsk */
async function readTrace(
  request: FastifyRequest,
  parts: TempoParts,
  filter: TraceFilter | null = null,
): Promise<Read> {
  const { query, fresh, settings } = parts;
  const given = request.query as Parameters;
  for (const name of ['start', 'end']) optionalSeconds(first(given, name), name);
  const id = readTraceId((request.params as { id: string }).id);
  // No trace has this id, so nobody can have sent it.
  if (/^0*$/.test(id)) return { spans: [], cut: null };
  await fresh.load(id);
  const trace = await query.trace(id, { signal: request.signal });
  if (trace === null) return { spans: [], cut: null };
  const spansMax = settings.traceJsonSpansMax;
  const asker = { signal: request.signal };
  const asked =
    filter === null
      ? trace.spans
      : filteredSpans(
          trace.spans,
          await query.selectedSpans(trace.traceId, filter.question, asker),
          filter,
        );
  const isWhole = trace.complete && asked.length <= spansMax;
  const spans = asked.slice(0, spansMax).map(withoutUnderflow);
  const message = `the trace is longer: its first ${spans.length} spans are shown`;
  return { spans, cut: isWhole ? null : { message } };
}

/** Grafana subtracts without a sign: a span that ends before it starts would last for centuries. */
function withoutUnderflow(span: Span): Span {
  return BigInt(span.endNs) < BigInt(span.startNs) ? { ...span, endNs: span.startNs } : span;
}

/** Protobuf's JSON, as generators of Go write it: base64 ids and names for enums. */
const resourceSpans: OtlpForm = {
  list: 'resourceSpans',
  id: (hex) => Buffer.from(hex, 'hex').toString('base64'),
  kind: (kind) => `SPAN_KIND_${kind.toUpperCase()}`,
  status: (status) => `STATUS_CODE_${status.toUpperCase()}`,
};
const batches: OtlpForm = { ...resourceSpans, list: 'batches' };

function* traceByIdJson(spans: readonly Span[], cut: PartialTrace): Generator<string> {
  yield '{"trace":';
  if (spans.length === 0) yield '{}';
  else yield* otlpJson(spans, resourceSpans);
  yield ',"metrics":{}';
  if (cut !== null) yield `,"status":"PARTIAL","message":${JSON.stringify(cut.message)}`;
  yield '}';
}
