/**
 * One trace: whole as OTLP/JSON, as columns for the waterfall, as a summary, and one span of it.
 *
 * Reads by id see every span acknowledged before they were asked: what waits is loaded first.
 * Never knows: how spans wait, or how they are stored.
 */
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { ApiError } from '../errors.ts';
import { sayComplete } from '../say-complete.ts';
import type { App } from '../typed-app.ts';
import { otlpAnswer, spanAnswer, traceSummaryAnswer } from './answers.ts';
import { nothing, spanPath, tracePath } from './asks.ts';
import { columnsMediaType, encodeColumns } from './columns.ts';
import { createLooks } from './looks.ts';
import { otlpJson } from './otlp-json.ts';
import { paced } from './paced.ts';
import type { NativeParts } from './routes.ts';
import { spanShape, traceSummaryShape } from './shape.ts';

const tags = ['trace'];

export function traceRoutes(app: App, parts: NativeParts): void {
  wholeTrace(app, parts);
  traceSummary(app, parts);
  traceColumns(app, parts);
  oneSpan(app, parts);
}

/** Says in headers what a body of another format cannot: whether all spans are in it. */
function say(reply: FastifyReply, facts: { isFresh: boolean; isComplete: boolean; ms: number }) {
  reply.header('clew-fresh', String(facts.isFresh));
  sayComplete(reply, facts.isComplete);
  reply.header('server-timing', `engine;dur=${facts.ms}`);
  reply.header('cache-control', 'no-store');
}

function wholeTrace(app: App, { query, fresh, settings }: NativeParts): void {
  const schema = {
    summary: 'A trace as OTLP/JSON, values exactly as sent',
    description:
      'The header clew-complete is false when the trace has more spans than ui.trace_json_spans_max.',
    tags,
    params: tracePath,
    querystring: nothing,
    response: { 200: otlpAnswer },
  };
  app.get('/api/v1/traces/:id', { schema }, async ({ params, signal }, reply) => {
    const isFresh = await fresh.load(params.id);
    const trace = await query.trace(params.id, { signal });
    if (trace === null) throw traceNotFound(params.id, settings.hotWindowMs);
    const max = settings.traceJsonSpansMax;
    const isComplete = trace.complete && trace.spans.length <= max;
    say(reply, { isFresh, isComplete, ms: trace.took.ms });
    return reply
      .type('application/json; charset=utf-8')
      .send(Readable.from(paced(otlpJson(trace.spans.slice(0, max)))));
  });
}

function traceSummary(app: App, { query, fresh, settings }: NativeParts): void {
  const schema = {
    summary: 'What a trace is in short',
    tags,
    params: tracePath,
    querystring: nothing,
    response: { 200: traceSummaryAnswer },
  };
  app.get('/api/v1/traces/:id/summary', { schema }, async ({ params, signal }, reply) => {
    const isFresh = await fresh.load(params.id);
    const summary = await query.traceSummary(params.id, { signal });
    if (summary === null) throw traceNotFound(params.id, settings.hotWindowMs);
    say(reply, { isFresh, isComplete: true, ms: summary.took.ms });
    return traceSummaryShape(summary);
  });
}

function traceColumns(app: App, { query, fresh, settings }: NativeParts): void {
  const schema = {
    summary: 'A trace as binary columns, for drawing',
    tags,
    params: tracePath,
    querystring: nothing,
    response: {
      200: {
        description: 'The layout is described in packages/api/README.md',
        content: { [columnsMediaType]: { schema: { type: 'string', format: 'binary' } } },
      },
    },
  };
  app.get('/api/v1/traces/:id/columns', { schema }, async ({ params, signal }, reply) => {
    const isFresh = await fresh.load(params.id);
    const trace = await query.traceColumns(params.id, { signal });
    if (trace === null) throw traceNotFound(params.id, settings.hotWindowMs);
    say(reply, { isFresh, isComplete: trace.complete, ms: trace.took.ms });
    return reply.type(columnsMediaType).send(encodeColumns(trace));
  });
}

function oneSpan(app: App, { query, fresh, settings, log }: NativeParts): void {
  const looks = createLooks(query, log);
  const schema = {
    summary: 'A span with everything known about it',
    tags,
    params: spanPath,
    querystring: nothing,
    response: { 200: spanAnswer },
  };
  app.get('/api/v1/traces/:id/spans/:spanId', { schema }, async ({ params, signal }, reply) => {
    const { id, spanId } = params;
    // A span is sent once: what is found is whole, so nothing has to be loaded for it.
    let span = await query.span(id, spanId, { signal });
    if (span === null && fresh.isPending()) {
      await fresh.load(id);
      span = await query.span(id, spanId, { signal });
    }
    if (span === null) throw spanNotFound(id, spanId, settings.hotWindowMs);
    reply.header('cache-control', 'no-store');
    return spanShape(span, await looks.of(span.service));
  });
}

function traceNotFound(found: string, hotWindowMs: number): ApiError {
  return new ApiError('trace-not-found', { found, kept: hours(hotWindowMs) });
}

function spanNotFound(traceId: string, found: string, hotWindowMs: number): ApiError {
  return new ApiError('span-not-found', { traceId, found, kept: hours(hotWindowMs) });
}

function hours(ms: number): string {
  return `${Number((ms / 3_600_000).toFixed(1))} hours`;
}
