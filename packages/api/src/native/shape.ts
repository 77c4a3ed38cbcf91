/**
 * Answers of `query` → answers of the native API: names, nested values and marks; nothing is computed.
 *
 * Never knows: HTTP, or how a question was asked.
 */
import type {
  Attribute,
  Explanation,
  Hits,
  Span,
  SpanHit,
  TraceHit,
  TraceSummary,
  WhyEmpty,
} from '@clew/query';
import { markNames } from '@clew/wire';
import type { AnyValue } from '@clew/wire/decode';
import type {
  AttributeAnswer,
  ExplainAnswer,
  SearchAnswer,
  SpanAnswer,
  TraceSummaryAnswer,
  ValueAnswer,
  WhyEmptyAnswer,
} from './answers.ts';
import { base64, treeOf } from './value-json.ts';

export function traceSearchShape(found: Hits<TraceHit>): SearchAnswer {
  return { traces: [...found.hits] as SearchAnswer['traces'], ...endOfSearch(found) };
}

export function spanSearchShape(found: Hits<SpanHit>): SearchAnswer {
  return { spans: [...found.hits], ...endOfSearch(found) };
}

function endOfSearch({ complete, cursor, traceql, took }: Hits<unknown>) {
  return { complete, cursor, traceql, took: { ms: took.ms, rowsRead: took.rowsRead } };
}

/** The values of parameters stay out: they may be many, and the asker knows them. */
export function explainShape(explanation: Explanation): ExplainAnswer {
  const { traceql, plan, statement, evaluation } = explanation;
  const shape = ({ text, params }: Explanation['statement']) => ({
    sql: text,
    parameters: Object.keys(params).length,
  });
  return {
    traceql,
    plan,
    statement: shape(statement),
    evaluation: evaluation === null ? null : shape(evaluation),
  };
}

export function whyEmptyShape(why: WhyEmpty): WhyEmptyAnswer {
  const filters = why.filters.map(({ conditions, pairs, ...filter }) => ({
    ...filter,
    conditions: conditions.map((one) => ({ ...one, near: [...one.near] })),
    pairs: pairs.map(
      ({ conditions: [one, other], spans }): WhyPair => ({
        conditions: [one, other],
        spans,
      }),
    ),
  }));
  return { ...why, filters, instead: [...why.instead] };
}

type WhyPair = WhyEmptyAnswer['filters'][number]['pairs'][number];

export function traceSummaryShape(summary: TraceSummary): TraceSummaryAnswer {
  const { took: _, services, ...rest } = summary;
  return { ...rest, services: [...services] };
}

/** `look` is the colour slot of the span's service. */
export function spanShape(span: Span, look: number): SpanAnswer {
  return {
    ...span,
    look,
    attributes: attributesShape(span.attributes),
    events: span.events.map((event) => ({
      ...event,
      attributes: attributesShape(event.attributes),
    })),
    links: span.links.map((link) => ({ ...link, attributes: attributesShape(link.attributes) })),
    resource: { ...span.resource, attributes: attributesShape(span.resource.attributes) },
    scope: { ...span.scope, attributes: attributesShape(span.scope.attributes) },
    marks: markNames(span.marks),
  };
}

function attributesShape(attributes: readonly Attribute[]): AttributeAnswer[] {
  return attributes.map((each) => ({ key: each.key, ...valueShape(treeOf(each)) }));
}

export function valueShape(value: AnyValue): ValueAnswer {
  switch (value.type) {
    case 'int':
      return { type: 'int', value: String(value.value) };
    case 'double':
      return { type: 'double', value: doubleShape(value.value) };
    case 'bytes':
      return { type: 'bytes', value: base64(value.value) };
    case 'array':
      return { type: 'array', value: value.value.map(valueShape) };
    case 'kvlist':
      return {
        type: 'kvlist',
        value: value.value.map((member) => ({ key: member.key, ...valueShape(member.value) })),
      };
    case 'empty':
      return { type: 'empty', value: null };
    default:
      return value;
  }
}

/** JSON has no NaN and no infinities, and JSON.stringify drops the sign of −0. */
function doubleShape(value: number): Extract<ValueAnswer, { type: 'double' }>['value'] {
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? value : (String(value) as 'NaN' | 'Infinity' | '-Infinity');
}
