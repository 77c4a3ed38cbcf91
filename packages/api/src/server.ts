/**
 * The UI listener: one HTTP server for the API, the screen, health and metrics.
 *
 * Order of a request: guard (method, URL, Host, Origin) → headers → route (validate, ask, shape) →
 * compress → measure. Never knows: what a question means.
 */
import type { FastifyInstance } from 'fastify';
import { buildBareServer } from './bare-server.ts';
import { createFresh } from './fresh.ts';
import { passHttp2 } from './grpc/http2-beside.ts';
import { createGrpcFace } from './grpc/service.ts';
import { healthRoutes } from './health.ts';
import { jaegerService } from './jaeger/grpc-server.ts';
import { jaegerFace } from './jaeger/routes.ts';
import { mcpFace } from './mcp/routes.ts';
import { createPulse } from './native/pulse.ts';
import { nativeRoutes } from './native/routes.ts';
import { createStatus } from './native/status.ts';
import { describeRoutes } from './openapi.ts';
import type { ApiParts } from './parts.ts';
import { prometheusFace } from './prometheus/routes.ts';
import { answerUnrouted, serveScreen } from './screen.ts';
import { metricsRoutes } from './self-metrics.ts';
import { tempoFace } from './tempo/routes.ts';
import { tempoService } from './tempo/server.ts';
import { withValibot } from './typed-app.ts';
import { zipkinFace } from './zipkin/routes.ts';

/** The server, not listening yet; a test can `inject` requests. */
export async function buildServer(parts: ApiParts): Promise<FastifyInstance> {
  const { settings, log, collector, engine, version, webRoot } = parts;
  const app = buildBareServer(parts, settings.listen.host);
  app.setNotFoundHandler((request, reply) => answerUnrouted(request, reply, webRoot));

  const fresh = createFresh(collector, log);
  const status = createStatus(parts, fresh);
  const pulse = createPulse({ status, collector, pulsesMax: settings.pulsesMax, log });
  app.addHook('preClose', async () => pulse.close());

  await describeRoutes(app, version);
  const typed = withValibot(app);
  const metrics = parts.metrics ?? [];
  metricsRoutes(app, { engine, version, metrics, followers: () => pulse.followers });
  healthRoutes(app, engine);
  nativeRoutes(typed, { ...parts, fresh, status, pulse });
  await jaegerFace(typed, { ...parts, fresh });
  await zipkinFace(typed, { ...parts, fresh }, '/zipkin');
  await tempoFace(typed, { ...parts, fresh }, '/tempo');
  await prometheusFace(typed, parts, '/prometheus');
  mcpFace(typed, { ...parts, fresh });
  const services = [jaegerService({ ...parts, fresh }), tempoService({ ...parts, fresh })];
  const grpc = createGrpcFace(services, log);
  const endSilent = passHttp2(app.server, grpc.take);
  app.addHook('preClose', async () => {
    grpc.close();
    endSilent();
  });
  await serveScreen(app, webRoot);
  return app;
}
