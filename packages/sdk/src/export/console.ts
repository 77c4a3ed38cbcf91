/**
 * Prints spans: as a tree for the first look at a new instrumentation, or as OTLP/JSON for what reads
 * the output of a program.
 * Never knows: colours of terminals and widths of windows.
 */

import { type AnyValue, bytesToHex, type Span } from '@clew/wire';
import { decodeTraces } from '@clew/wire/decode';
import type { BatchExporter } from '../batch/batch-processor.ts';
import { otlpJson } from './otlp-json.ts';

const NS_PER_MS = 1e6;

export interface ConsoleOptions {
  /** A readable tree, or one line of OTLP/JSON for each batch. */
  readonly form?: 'tree' | 'json';
  /** Standard output when absent. */
  readonly print?: (text: string) => void;
}

export function consoleExporter({
  form = 'tree',
  print = toOutput,
}: ConsoleOptions = {}): BatchExporter {
  const textOf = form === 'json' ? (body: Uint8Array) => `${otlpJson(body)}\n` : spanTree;
  return {
    async send({ body }) {
      print(textOf(body));
      return true;
    },
    sendNow(batches) {
      for (const { body } of batches) print(textOf(body));
      return batches.map(() => true);
    },
    async forceFlush() {},
    async shutdown() {},
  };
}

function toOutput(text: string): void {
  process.stdout.write(text);
}

/** One line per span, children below and to the right of their parent, ordered by start. */
export function spanTree(body: Uint8Array): string {
  const spans = decodeTraces(body).resourceSpans.flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap((scope) => scope.spans),
  );
  spans.sort((a, b) => Number(a.startTimeUnixNano - b.startTimeUnixNano));
  const known = new Set(spans.map(({ spanId }) => bytesToHex(spanId)));
  const children = new Map<string, Span[]>();
  for (const span of spans) {
    const parent = bytesToHex(span.parentSpanId);
    const under = known.has(parent) ? parent : '';
    children.set(under, [...(children.get(under) ?? []), span]);
  }
  const lines: string[] = [];
  const visit = (span: Span, depth: number): void => {
    if (depth === 0) lines.push(`trace ${bytesToHex(span.traceId)}`);
    lines.push('  '.repeat(depth + 1) + describe(span));
    for (const child of children.get(bytesToHex(span.spanId)) ?? []) visit(child, depth + 1);
  };
  for (const root of children.get('') ?? []) visit(root, 0);
  return `${lines.join('\n')}\n`;
}

function describe(span: Span): string {
  const ms = Number(span.endTimeUnixNano - span.startTimeUnixNano) / NS_PER_MS;
  const attributes = span.attributes.map(({ key, value }) => `${key}=${show(value)}`);
  const events = span.events.map(({ name }) => `[${name}]`);
  const error = span.status?.code === 2 ? [`ERROR ${span.status.message}`.trim()] : [];
  return [span.name, `${ms.toFixed(2)} ms`, ...error, ...attributes, ...events].join('  ');
}

function show(value: AnyValue): string {
  if (value.type === 'empty') return 'null';
  if (value.type === 'array') return `[${value.value.map(show).join(', ')}]`;
  if (value.type === 'kvlist') {
    return `{${value.value.map(({ key, value: inner }) => `${key}: ${show(inner)}`).join(', ')}}`;
  }
  return value.type === 'bytes' ? `${value.value.length} bytes` : String(value.value);
}
