/**
 * Tempo's listener: its API at the root over HTTP/1.1, and the same port for gRPC, over which Grafana streams.
 *
 * Never knows: the UI listener.
 */
import type { FastifyInstance } from 'fastify';
import { buildBareServer } from '../bare-server.ts';
import { createFresh } from '../fresh.ts';
import { passHttp2 } from '../grpc/http2-beside.ts';
import { createGrpcFace, type GrpcService } from '../grpc/service.ts';
import type { ApiParts } from '../parts.ts';
import type { Address } from '../settings.ts';
import { withValibot } from '../typed-app.ts';
import { nothingThere, refuseAsTempo, told } from './refuse.ts';
import { type TempoParts, tempoFace } from './routes.ts';
import { streams } from './streams.ts';

/** Also on the port of the UI: Grafana speaks gRPC to the port of an address, whatever path the address has. */
export function tempoService(parts: TempoParts): GrpcService {
  return { name: 'tempopb.StreamingQuerier', calls: streams(parts), told };
}

/** Not listening yet; a test can `inject` requests. */
export async function buildTempoServer(
  parts: ApiParts,
  { host }: Address,
): Promise<FastifyInstance> {
  const app = buildBareServer(parts, host, refuseAsTempo(parts.log));
  app.setNotFoundHandler(() => {
    throw nothingThere();
  });
  const tempo = { ...parts, fresh: createFresh(parts.collector, parts.log) };
  await tempoFace(withValibot(app), tempo, '');
  const grpc = createGrpcFace([tempoService(tempo)], parts.log);
  const endSilent = passHttp2(app.server, grpc.take);
  app.addHook('preClose', async () => {
    grpc.close();
    endSilent();
  });
  return app;
}
