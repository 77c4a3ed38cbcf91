/**
 * What says that a Tempo is there and which one: echo, readiness, status pages, build information.
 *
 * Never knows: traces.
 */
import type { App } from '../typed-app.ts';
import { nothingThere } from './refuse.ts';
import { type TempoParts, unlisted } from './routes.ts';

/**
 * Older forms of Grafana ask for the version and open their TraceQL features from 2.7 upward; this is the release whose
 * API the face follows. Which Clew answers is said beside it.
 */
const tempoVersion = '2.9.0';

export function statusRoutes(app: App, { engine, version, listeners }: TempoParts): void {
  app.get('/api/echo', unlisted, (_, reply) => reply.type(plain).send('echo\n'));

  app.get('/ready', unlisted, (_, reply) => {
    const isReady = engine.state() === 'ready';
    const said = isReady ? 'ready\n' : 'the engine cannot answer now; spans are accepted\n';
    return reply
      .code(isReady ? 200 : 503)
      .type(plain)
      .send(said);
  });

  app.get('/api/status/buildinfo', unlisted, () => ({
    version: tempoVersion,
    revision: version,
    branch: 'clew',
    buildUser: '',
    buildDate: '',
    goVersion: '',
  }));

  const pages: Readonly<Record<string, () => string>> = {
    version: () => `clew ${version}, API of Tempo ${tempoVersion}\n`,
    services: () => `engine: ${engine.state()}\n`,
    endpoints: () => `${endpoints.map((path) => `GET ${path}`).join('\n')}\n`,
    listeners: () => listeners.map(({ name, url }) => `${name} ${url}\n`).join(''),
  };
  app.get('/status', unlisted, (_, reply) =>
    reply.type(plain).send(
      Object.values(pages)
        .map((page) => page())
        .join('\n'),
    ),
  );
  app.get('/status/:page', unlisted, ({ params }, reply) => {
    const page = pages[(params as { page: string }).page];
    if (page === undefined) throw nothingThere();
    return reply.type(plain).send(page());
  });
}

const plain = 'text/plain; charset=utf-8';

const endpoints = [
  '/api/echo',
  '/api/traces/{traceID}',
  '/api/v2/traces/{traceID}',
  '/api/search',
  '/api/search/tags',
  '/api/v2/search/tags',
  '/api/search/tag/{tagName}/values',
  '/api/v2/search/tag/{tagName}/values',
  '/api/metrics/query_range',
  '/api/metrics/query',
  '/api/status/buildinfo',
  '/ready',
  '/status',
];
