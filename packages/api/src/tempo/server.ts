/**
 * Tempo's listener: its API at the root over HTTP/1.1, and the same port for gRPC, over which Grafana streams.
 *
 * Never knows: the UI listener.
 */
import type { FastifyInstance } from 'fastify';
import { BadAsk } from '../ask/parameters.ts';
import { buildBareServer } from '../bare-server.ts';
import { createFresh } from '../fresh.ts';
import { passHttp2 } from '../grpc/http2-beside.ts';
import { createGrpcFace } from '../grpc/service.ts';
import type { ApiParts } from '../parts.ts';
import type { Address } from '../settings.ts';
import { withValibot } from '../typed-app.ts';
import { refuseAsTempo, told } from './refuse.ts';
import { notFoundText, tempoFace } from './routes.ts';
import { streams } from './streams.ts';

/** Not listening yet; a test can `inject` requests. */
export async function buildTempoServer(
  parts: ApiParts,
  { host }: Address,
): Promise<FastifyInstance> {
  const app = buildBareServer(parts, host, refuseAsTempo(parts.log));
  app.setNotFoundHandler(() => {
    throw new BadAsk(notFoundText, 404);
  });
  const tempo = { ...parts, fresh: createFresh(parts.collector, parts.log) };
  await tempoFace(withValibot(app), tempo, '');
  const querier = { name: 'tempopb.StreamingQuerier', calls: streams(tempo), told };
  const grpc = createGrpcFace(querier, parts.log);
  passHttp2(app.server, grpc.take);
  app.addHook('preClose', async () => grpc.close());
  return app;
}
