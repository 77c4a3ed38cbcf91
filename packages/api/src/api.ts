/**
 * Starts the UI listener and those of faces that have one of their own, and makes the OpenAPI document without one.
 *
 * Never knows: what the parts do.
 */

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Query } from '@clew/query';
import type { FastifyInstance } from 'fastify';
import { createFresh } from './fresh.ts';
import { buildJaegerGrpcServer } from './jaeger/grpc-server.ts';
import type { ApiParts } from './parts.ts';
import { buildServer } from './server.ts';
import { type Address, apiSettingsOf } from './settings.ts';
import { buildTempoServer } from './tempo/server.ts';

export type Api = {
  /** `http://127.0.0.1:16686`, with the port that was really taken. */
  readonly address: string;
  /** Ends pulses and connections; resolves when the port is free. */
  close(): Promise<void>;
};

/** @throws Error naming the port, the listener and the setting when the address cannot be taken. */
export async function createApi(parts: ApiParts): Promise<Api> {
  return listen(await buildServer(parts), 'listen.ui', parts.settings.listen);
}

/** Tempo's API on its own port, or undefined when that is off. @throws as `createApi` */
export async function createTempoApi(parts: ApiParts): Promise<Api | undefined> {
  const { listenTempo } = parts.settings;
  if (listenTempo === undefined) return undefined;
  return listen(await buildTempoServer(parts, listenTempo), 'listen.tempo', listenTempo);
}

/** Jaeger's query API over gRPC on its own port, or undefined when that is off. @throws as `createApi` */
export async function createJaegerQueryApi(parts: ApiParts): Promise<Api | undefined> {
  const address = parts.settings.listenJaegerQuery;
  if (address === undefined) return undefined;
  const { host, port } = address;
  const fresh = createFresh(parts.collector, parts.log);
  const { server, close } = buildJaegerGrpcServer({ ...parts, fresh });
  try {
    await once(server.listen({ host, port }), 'listening');
  } catch (cause) {
    close();
    throw listenError('listen.jaeger_query', `${host}:${port}`, cause);
  }
  const taken = (server.address() as AddressInfo).port;
  const shown = host.includes(':') ? `[${host}]` : host;
  return { address: `http://${shown}:${taken}`, close: async () => close() };
}

async function listen(app: FastifyInstance, key: string, { host, port }: Address): Promise<Api> {
  try {
    const address = await app.listen({ host, port });
    return { address, close: () => app.close() };
  } catch (cause) {
    await app.close();
    throw listenError(key, `${host}:${port}`, cause);
  }
}

function listenError(key: string, listen: string, cause: unknown): Error {
  const code = (cause as { code?: string }).code;
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: 'is taken by another program',
    EACCES: 'needs more rights than this program has',
    EADDRNOTAVAIL: 'is no address of this machine',
  };
  const reason = reasons[code ?? ''] ?? `cannot be listened on (${code ?? String(cause)})`;
  return new Error(
    `${key}: ${listen} ${reason}; end that program, or choose another with --${key} host:port`,
    { cause },
  );
}

/** The OpenAPI 3.1 document of all routes; needs no engine. */
export async function openApiDocument(version: string): Promise<object> {
  const app = await buildServer({
    query: {} as Query,
    engine: { state: () => 'down' },
    collector: {
      sealAndLoad: async () => {},
      stats: () => ({ acceptedSpans: 0, spansPerSecond: 0, spoolBytes: 0, openSegmentBytes: 0 }),
    },
    settings: apiSettingsOf(),
    log: () => {},
    version,
    listeners: [],
  });
  await app.ready();
  const document = app.swagger();
  await app.close();
  return document;
}
