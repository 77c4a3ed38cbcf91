/**
 * Starts the UI listener, and makes the OpenAPI document without one.
 *
 * Never knows: what the parts do.
 */
import type { Query } from '@clew/query';
import type { ApiParts } from './parts.ts';
import { buildServer } from './server.ts';
import { apiSettingsOf } from './settings.ts';

export type Api = {
  /** `http://127.0.0.1:16686`, with the port that was really taken. */
  readonly address: string;
  /** Ends pulses and connections; resolves when the port is free. */
  close(): Promise<void>;
};

/** @throws Error naming the port, the listener and the setting when the address cannot be taken. */
export async function createApi(parts: ApiParts): Promise<Api> {
  const { host, port } = parts.settings.listen;
  const app = await buildServer(parts);
  try {
    const address = await app.listen({ host, port });
    return { address, close: () => app.close() };
  } catch (cause) {
    await app.close();
    throw listenError(`${host}:${port}`, cause);
  }
}

function listenError(listen: string, cause: unknown): Error {
  const code = (cause as { code?: string }).code;
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: 'is taken by another program',
    EACCES: 'needs more rights than this program has',
    EADDRNOTAVAIL: 'is no address of this machine',
  };
  const reason = reasons[code ?? ''] ?? `cannot be listened on (${code ?? String(cause)})`;
  return new Error(
    `listen.ui: ${listen} ${reason}; end that program, or choose another with --listen.ui host:port`,
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
