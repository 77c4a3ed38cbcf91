/** `search_traces`: traces or spans that match a TraceQL query, newest or slowest first. */
import { type SpanHit, type TraceHit, textQuestion } from '@clew/query';
import * as v from 'valibot';
import { explorePath } from '../links.ts';
import { from, maxTokens, rangeIn, to, tool, traceql } from '../tool.ts';
import { counted, printDuration, printRange, printTime } from '../words.ts';

export const searchTraces = tool({
  name: 'search_traces',
  title: 'Search traces',
  description:
    'Finds traces (or spans) by TraceQL, for example { resource.service.name = "cart" && status = error && duration > 100ms } or { name = "GET /checkout" } >> { span.db.system.name != nil }. Lists id, root, duration, errors. Use get_trace or explain_slow with an id next, and why_empty when nothing is found.',
  input: v.strictObject({
    q: v.optional(traceql('what to find; default everything'), '{ }'),
    by: v.optional(v.picklist(['trace', 'span']), 'trace'),
    order: v.optional(
      v.pipe(
        v.picklist(['newest', 'slowest']),
        v.description('slowest: of the newest that match, up to limit'),
      ),
      'newest',
    ),
    limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(200)), 20),
    from,
    to,
    maxTokens,
  }),
  async answer({ q, by, order, limit, ...given }, context) {
    const range = rangeIn(given, context);
    const question = textQuestion(q, range);
    const asker = { signal: context.signal };
    const page = { limit, cursor: null };
    const found =
      by === 'trace'
        ? await context.query.searchTraces(question, page, asker)
        : await context.query.searchSpans(question, page, asker);
    const hits: (TraceHit | SpanHit)[] = [...found.hits];
    if (order === 'slowest') hits.sort((a, b) => b.durationNs - a.durationNs);
    const notes = [`${by}s ${printRange(range, context.nowMs)}, ${order} first`];
    if (found.cursor !== null) notes.push('there are more: narrow the query or the range');
    if (!found.complete) notes.push('a time limit ended the search early');
    if (hits.length === 0)
      notes.push('nothing matches; why_empty tells which condition is to blame');
    return {
      query: found.traceql,
      path: explorePath(found.traceql, range),
      notes,
      sections: [{ title: counted(hits.length, by), lines: hits.map(lineOf) }],
    };
  },
});

function lineOf(hit: TraceHit | SpanHit): string {
  const when = `${printTime(hit.startNs)}, ${printDuration(hit.durationNs)}`;
  if ('rootService' in hit) {
    const services = hit.services.map(({ name, spans }) => `${name} ${spans}`).join(', ');
    const errors = hit.errors > 0 ? `, ${counted(hit.errors, 'ERROR')}` : '';
    return `- trace ${hit.traceId}: ${hit.rootService}: ${hit.rootName} (${when}, ${counted(hit.spans, 'span')}${errors}; ${services})`;
  }
  const status = hit.status === 'error' ? `, ERROR ${hit.statusMessage}` : '';
  return `- span ${hit.spanId} of trace ${hit.traceId}: ${hit.service}: ${hit.name} (${hit.kind}, ${when}${status})`;
}
