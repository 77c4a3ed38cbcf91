/** `get_trace`: one trace, folded to what can be read. */
import * as v from 'valibot';
import { ApiError } from '../../errors.ts';
import { tracePath } from '../links.ts';
import { maxTokens, type ToolContext, tool } from '../tool.ts';
import { foldedLines } from '../trace/fold.ts';
import { type TraceTree, treeOf } from '../trace/tree.ts';
import { counted, percent, printDuration, printTime } from '../words.ts';
import { errorLines } from './error-lines.ts';

export const traceId = v.pipe(v.string(), v.maxLength(64), v.description('trace id, hexadecimal'));

export const getTrace = tool({
  name: 'get_trace',
  title: 'Get a trace',
  description:
    'One trace as a tree: repeated siblings are folded into one line (×40), the critical path is marked with *, each line has duration, self time and start. With spanId, everything about that span: attributes, events, links.',
  input: v.strictObject({
    traceId,
    spanId: v.optional(v.pipe(v.string(), v.maxLength(64))),
    maxTokens,
  }),
  async answer(given, context) {
    if (given.spanId !== undefined) return spanReport(given.traceId, given.spanId, context);
    const tree = await readTree(given.traceId, context);
    const { columns } = tree;
    return {
      query: `trace ${columns.traceId}`,
      path: tracePath(columns.traceId),
      notes: traceNotes(tree),
      sections: [
        { title: 'Spans (* on the critical path)', lines: foldedLines(tree) },
        { title: 'Errors', lines: await errorLines(tree, context) },
        { title: 'Services', lines: serviceLines(tree) },
      ].filter(({ lines }) => lines.length > 0),
    };
  },
});

/** @throws ApiError `trace-not-found` */
export async function readTree(id: string, context: ToolContext): Promise<TraceTree> {
  await context.fresh.load(id);
  const columns = await context.query.traceColumns(id, { signal: context.signal });
  if (columns !== null) return treeOf(columns);
  const kept = `${Math.round(context.hotWindowMs / 3_600_000)} h`;
  throw new ApiError('trace-not-found', { found: id, kept });
}

export function traceNotes(tree: TraceTree): string[] {
  const { columns, rows } = tree;
  const notes = [
    `${counted(rows, 'span')}, ${printDuration(tree.durationNs)} from ${printTime(columns.baseNs)}`,
  ];
  const missing = columns.parent.filter((parent) => parent === -2).length;
  if (missing > 0) notes.push(`${counted(missing, 'span')} with a parent that has not arrived`);
  if (!columns.complete) notes.push('the trace is longer; a limit cut it');
  return notes;
}

function serviceLines(tree: TraceTree): string[] {
  const self = new Map<string, { ns: number; spans: number }>();
  for (let row = 0; row < tree.rows; row++) {
    const own = self.get(tree.service(row)) ?? { ns: 0, spans: 0 };
    self.set(tree.service(row), { ns: own.ns + tree.selfNs[row]!, spans: own.spans + 1 });
  }
  const total = [...self.values()].reduce((sum, { ns }) => sum + ns, 0);
  return [...self]
    .sort(([, a], [, b]) => b.ns - a.ns)
    .map(
      ([name, { ns, spans }]) =>
        `- ${name}: self ${printDuration(ns)} (${percent(ns, total)}), ${counted(spans, 'span')}`,
    );
}

async function spanReport(id: string, spanId: string, context: ToolContext) {
  await context.fresh.load(id);
  const span = await context.query.span(id, spanId, { signal: context.signal });
  if (span === null) {
    const kept = `${Math.round(context.hotWindowMs / 3_600_000)} h`;
    throw new ApiError('span-not-found', { found: spanId, traceId: id, kept });
  }
  const list = (attributes: typeof span.attributes) =>
    attributes.map(({ key, value }) => `- ${key} = ${valueText(value)}`);
  return {
    query: `span ${span.spanId} of trace ${span.traceId}`,
    path: `${tracePath(span.traceId)}?span=${span.spanId}`,
    notes: [`${printDuration(span.durationNs)} from ${printTime(span.startNs)}`],
    sections: [
      {
        title: 'Span',
        lines: [
          `${span.service}: ${span.name} (${span.kind}, status ${span.status} ${span.statusMessage})`,
          `parent ${span.parentSpanId || 'none'}, scope ${span.scope.name} ${span.scope.version}`,
        ],
      },
      { title: 'Attributes', lines: list(span.attributes) },
      {
        title: 'Events',
        lines: span.events.flatMap((event) => [
          `${event.name} at ${printTime(event.timeNs)}`,
          ...list(event.attributes),
        ]),
      },
      {
        title: 'Links',
        lines: span.links.map((link) => `- trace ${link.traceId}, span ${link.spanId}`),
      },
      { title: 'Resource', lines: list(span.resource.attributes) },
    ].filter(({ lines }) => lines.length > 0),
  };
}

function valueText(value: unknown): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
