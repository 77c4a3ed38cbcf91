/**
 * The parameters of the native API as schemas: validation and the OpenAPI document are made from them.
 *
 * Never knows: what a parameter does.
 */
import * as v from 'valibot';
import { count, duration, oneOf, repeatable, text, time } from '../ask/values.ts';
import { limits } from '../limits.ts';
import { names } from './answers.ts';

export const nothing = v.strictObject({});

export const tracePath = v.strictObject({
  id: text('trace id: 32 or 16 hexadecimal digits in any case, dashes tolerated'),
});

export const spanPath = v.strictObject({
  id: text('trace id: 32 or 16 hexadecimal digits in any case, dashes tolerated'),
  spanId: text('span id: 16 hexadecimal digits in any case'),
});

export const servicePath = v.strictObject({ service: text('name of a service') });

export const servicesQuery = v.strictObject({
  from: v.optional(time('only services seen since')),
  to: v.optional(time('only services seen before')),
});

export const attributesQuery = v.strictObject({
  scope: v.optional(oneOf(names.scope, 'where the attribute stands')),
  prefix: v.optional(v.pipe(v.string(), v.maxLength(256, 'at most 256 characters'))),
  limit: v.optional(count('most attributes', limits.attributesMax)),
});

const pageMax = 10_000;

const by = v.optional(oneOf(['trace', 'span'], 'what to list'), 'trace');
const from = v.optional(time('spans that start at or after; by default the whole hot window'));
const to = v.optional(time('spans that start before; by default an hour from now'));
const limit = v.optional(count('most traces or spans on a page', pageMax));

export const searchQuery = v.strictObject({
  by,
  q: v.optional(
    text(
      'the question as TraceQL; then without service, operation, status, kind, durations and attr',
      limits.traceqlCharsMax,
    ),
  ),
  service: v.optional(text('name of the service')),
  operation: v.optional(text('name of the span')),
  status: v.optional(oneOf(names.status, 'status of the span')),
  kind: v.optional(oneOf(names.kind, 'kind of the span')),
  minDuration: v.optional(duration('the span took at least this long')),
  maxDuration: v.optional(duration('the span took at most this long')),
  attr: v.optional(
    repeatable(
      'condition on an attribute, key=value; operators = != > >= < <= ~ !~; a prefix span. resource. scope. event. or link. chooses the scope',
      limits.attributeConditionsMax,
    ),
  ),
  from,
  to,
  limit,
  cursor: v.optional(v.pipe(v.string(), v.description('from the answer before'))),
});
export type SearchAsk = v.InferOutput<typeof searchQuery>;

export const whyEmptyQuery = v.strictObject({
  q: text('the question as TraceQL, a search or a metrics query', limits.traceqlCharsMax),
  from,
  to,
});

export const explainQuery = v.strictObject({
  by,
  q: text('the question as TraceQL', limits.traceqlCharsMax),
  from,
  to,
  limit,
});
