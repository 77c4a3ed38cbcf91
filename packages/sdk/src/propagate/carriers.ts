/**
 * Carriers beside HTTP: job payloads, message attributes, metadata of gRPC, environment variables of
 * child processes.
 * Never knows: formats; the global propagator of the API does.
 */

import {
  type Context,
  propagation,
  type TextMapGetter,
  type TextMapSetter,
} from '@opentelemetry/api';
import { activeContext } from '../async-context.ts';

/** Where the context travels in a payload. */
const FIELD = '_trace';

/** A copy of `payload` that carries the context; give it to a queue of jobs. */
export function injectJob<T extends object>(payload: T, context: Context = activeContext()) {
  const carried: Record<string, string> = {};
  propagation.inject(context, carried);
  return { ...payload, [FIELD]: carried };
}

/** The payload without what `injectJob` added, and the context of the sender. */
export function extractJob<T extends object>(
  job: T,
  context: Context = activeContext(),
): { payload: Omit<T, typeof FIELD>; context: Context } {
  const { [FIELD]: carried, ...payload } = job as T & { [FIELD]?: unknown };
  const isCarrier = typeof carried === 'object' && carried !== null;
  return { payload, context: isCarrier ? propagation.extract(context, carried) : context };
}

/** Headers of Kafka, AMQP, HTTP/2, HTTP: any case, text, buffers or lists of them. */
export const messageGetter: TextMapGetter<Record<string, unknown> | undefined> = {
  keys: (carrier) => Object.keys(carrier ?? {}),
  get(carrier, key) {
    for (const [name, value] of Object.entries(carrier ?? {})) {
      if (name.toLowerCase() !== key || value === undefined || value === null) continue;
      return Array.isArray(value) ? value.map(textOf) : textOf(value);
    }
    return undefined;
  },
};

/** Attributes of SQS and SNS messages are objects with the text inside. */
function textOf(value: unknown): string {
  const inner = (value as { StringValue?: unknown; Value?: unknown } | null) ?? {};
  if (typeof value === 'object' && !Buffer.isBuffer(value)) {
    return String(inner.StringValue ?? inner.Value ?? value);
  }
  return String(value);
}

/** Message attributes in the shape that SQS and SNS want. */
export const attributeSetter: TextMapSetter<Record<string, unknown>> = {
  set(carrier, key, StringValue) {
    carrier[key] = { DataType: 'String', StringValue };
  },
};

/** What the carriers need of `Metadata` of @grpc/grpc-js. */
export interface GrpcMetadata {
  get(key: string): (string | Buffer)[];
  set(key: string, value: string): void;
  getMap(): Record<string, string | Buffer>;
}

export const metadataGetter: TextMapGetter<GrpcMetadata> = {
  keys: (metadata) => Object.keys(metadata.getMap()),
  get: (metadata, key) => metadata.get(key).map(String),
};

export const metadataSetter: TextMapSetter<GrpcMetadata> = {
  set: (metadata, key, value) => metadata.set(key, value),
};

const toName = (key: string) => key.toUpperCase().replace(/[^A-Z0-9_]/g, '_');

/** A copy of `env` with the context in it, as TRACEPARENT and so on, for a child process. */
export function injectEnv(
  env: NodeJS.ProcessEnv = process.env,
  context: Context = activeContext(),
): NodeJS.ProcessEnv {
  const copy = { ...env };
  propagation.inject(context, copy, {
    set: (carrier, key, value) => {
      carrier[toName(key)] = value;
    },
  });
  return copy;
}

/** The context that the parent process gave. */
export function extractEnv(
  env: NodeJS.ProcessEnv = process.env,
  context: Context = activeContext(),
): Context {
  return propagation.extract(context, env, {
    keys: (carrier) => Object.keys(carrier).map((name) => name.toLowerCase()),
    get: (carrier, key) => carrier[toName(key)],
  });
}
