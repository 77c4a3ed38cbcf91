/**
 * The hand-made spans of the shop: work inside a service, and calls to stores that are only played.
 */
import { type Attributes, type Span, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { tracer } from './telemetry.ts';

/** Runs `work` in a span; a throw is recorded as exception event and error status. */
export function inSpan<T>(
  name: string,
  options: { kind?: SpanKind; attributes?: Attributes },
  work: (span: Span) => Promise<T>,
): Promise<T> {
  return tracer.startActiveSpan(name, options, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      span.recordException(error as Error);
      span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).message });
      throw error;
    } finally {
      span.end();
    }
  });
}

export interface Store {
  /** `postgresql`, `redis`: the value of `db.system.name`. */
  readonly system: string;
  readonly namespace: string;
  readonly address: string;
  readonly port: number;
}

/**
 * A call to a database, with the attributes of the semantic conventions.
 * There is no database: the answer comes after `ms`, from a timer.
 */
export function playDatabase(
  store: Store,
  operation: string,
  target: string,
  text: string,
  work: (span: Span) => Promise<void>,
): Promise<void> {
  const attributes: Attributes = {
    'db.system.name': store.system,
    'db.namespace': store.namespace,
    'db.operation.name': operation,
    'db.collection.name': target,
    'db.query.text': text,
    'server.address': store.address,
    'server.port': store.port,
  };
  return inSpan(`${operation} ${target}`, { kind: SpanKind.CLIENT, attributes }, work);
}

export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A number between the two, most often near the lower one, as real latencies are. */
export function around(leastMs: number, mostMs: number): number {
  return leastMs + (mostMs - leastMs) * Math.random() ** 3;
}
