/**
 * Zipkin's query API on the port where Zipkin's spans arrive, as its clients and its screen expect: at the root and
 * under `/zipkin`, with the two pages that tell whether a server is there.
 *
 * Listens nowhere: whoever owns the port hands over what is no span. Never knows: spans that arrive.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { BadAsk } from '../ask/parameters.ts';
import { buildBareServer } from '../bare-server.ts';
import { createFresh } from '../fresh.ts';
import type { ApiParts } from '../parts.ts';
import { withValibot } from '../typed-app.ts';
import { refuseAsText } from './refuse.ts';
import { unlisted, zipkinFace } from './routes.ts';

export type ZipkinFace = {
  handle(request: IncomingMessage, response: ServerResponse): void;
  close(): Promise<void>;
};

/** @param bound the host of the port, which decides the names that requests may call it by */
export async function createZipkinFace(parts: ApiParts, bound: string): Promise<ZipkinFace> {
  const app = await buildZipkinServer(parts, bound);
  await app.ready();
  return {
    handle: (request, response) => app.routing(request, response),
    close: () => app.close(),
  };
}

/** A test can `inject` requests. */
export async function buildZipkinServer(parts: ApiParts, bound: string): Promise<FastifyInstance> {
  const app = buildBareServer(parts, bound, refuseAsText(parts.log));
  app.setNotFoundHandler(({ url }) => {
    throw new BadAsk(
      `there is nothing at ${url.split('?', 1)[0]}; spans are taken with POST /api/v2/spans, traces are asked for under /api/v2`,
      404,
    );
  });
  const zipkin = { ...parts, fresh: createFresh(parts.collector, parts.log) };
  const typed = withValibot(app);
  await zipkinFace(typed, zipkin, '');
  await zipkinFace(typed, zipkin, '/zipkin');
  healthPages(app, parts);
  return app;
}

/** In the form of Zipkin's server, which its Docker images and Spring's health checks look at. */
function healthPages(app: FastifyInstance, { engine, version }: ApiParts): void {
  app.get('/health', unlisted, (_, reply) => {
    const status = engine.state() === 'ready' ? 'UP' : 'DOWN';
    if (status === 'DOWN') reply.code(503);
    return reply.send({ status, zipkin: { status, details: { engine: { status } } } });
  });
  app.get('/info', unlisted, () => ({ zipkin: { version: `clew ${version}` } }));
}
