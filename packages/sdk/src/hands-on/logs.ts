/**
 * Ties log lines to traces: the ids of the active span as fields. Never knows: a logger's insides.
 */

import { isSpanContextValid, trace } from '@opentelemetry/api';

export interface LogIds {
  readonly trace_id: string;
  readonly span_id: string;
  readonly trace_flags: string;
}

/** The ids to add to a record, or nothing outside of a span. For pino: `{ mixin: logIds }`. */
export function logIds(): LogIds | Record<string, never> {
  const found = trace.getActiveSpan()?.spanContext();
  if (found === undefined || !isSpanContextValid(found)) return {};
  const flags = found.traceFlags.toString(16).padStart(2, '0');
  return { trace_id: found.traceId, span_id: found.spanId, trace_flags: flags };
}

/** A format for winston: `format.combine(winstonIds(), format.json())`. */
export function winstonIds(): { transform<T extends object>(record: T): T } {
  return { transform: (record) => Object.assign(record, logIds()) };
}

const METHODS = ['debug', 'info', 'log', 'warn', 'error'] as const;
type Print = (...args: unknown[]) => void;

/** Adds the ids behind what is printed inside of a span; answers how to stop. */
export function correlateConsole(target: Console = console): () => void {
  const before = METHODS.map((method) => [method, target[method] as Print] as const);
  for (const [method, print] of before) {
    target[method] = (...args: unknown[]) => {
      const { trace_id, span_id } = logIds();
      if (trace_id === undefined) print.apply(target, args);
      else print.apply(target, [...args, `trace_id=${trace_id} span_id=${span_id}`]);
    };
  }
  return () => {
    for (const [method, print] of before) target[method] = print;
  };
}
