/**
 * The UI listener: one HTTP server for the API, the screen, health and metrics.
 *
 * Order of a request: guard (method, URL, Host, Origin) → headers → route (validate, ask, shape) →
 * compress → measure. Never knows: what a question means.
 */
import { randomBytes } from 'node:crypto';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { compress } from './compress.ts';
import { createFresh } from './fresh.ts';
import { createGuard } from './guard.ts';
import { healthRoutes } from './health.ts';
import { jaegerFace } from './jaeger/routes.ts';
import { limits } from './limits.ts';
import { createPulse } from './native/pulse.ts';
import { nativeRoutes } from './native/routes.ts';
import { createStatus } from './native/status.ts';
import { describeRoutes } from './openapi.ts';
import type { ApiParts, Log } from './parts.ts';
import { refuse, refuseConnection } from './refuse.ts';
import { answerUnrouted, serveScreen } from './screen.ts';
import { securityHeaders } from './security-headers.ts';
import { metricsRoutes } from './self-metrics.ts';
import { withValibot } from './typed-app.ts';
import { zipkinFace } from './zipkin/routes.ts';

/** The server, not listening yet; a test can `inject` requests. */
export async function buildServer(parts: ApiParts): Promise<FastifyInstance> {
  const { settings, log, collector, engine, version, webRoot } = parts;
  const app = Fastify(serverOptions(log));
  app.server.maxConnections = settings.connectionsMax;
  hooks(app, parts);

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
  await serveScreen(app, webRoot);
  return app;
}

function serverOptions(log: Log) {
  return {
    logger: false,
    bodyLimit: limits.bodyBytesMax,
    requestTimeout: limits.requestMsMax,
    keepAliveTimeout: limits.idleMsMax,
    connectionTimeout: limits.stalledMsMax,
    maxRequestsPerSocket: limits.requestsPerConnectionMax,
    forceCloseConnections: true,
    requestIdHeader: false as const,
    genReqId: () => randomBytes(6).toString('hex'),
    clientErrorHandler: refuseConnection,
    // A path that cannot be decoded fails before any route or hook.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      void refuse(error, request, reply.headers(securityHeaders), log),
    routerOptions: { maxParamLength: limits.urlBytesMax },
    http: { maxHeaderSize: limits.headersBytesMax, headersTimeout: limits.headersMsMax },
  };
}

function hooks(app: FastifyInstance, { settings, listeners, log, webRoot }: ApiParts): void {
  const urls = listeners.map(({ url }) => url);
  const guard = createGuard({
    bound: settings.listen.host,
    hosts: settings.hosts,
    receivers: urls.join(', ') || 'the OTLP listeners',
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ ...securityHeaders, 'x-request-id': request.id });
    const { method, url, headers } = request;
    const takesPost = request.routeOptions.config.takesPost === true;
    guard.check({ method, url, headers, takesPost });
  });
  app.addHook('onSend', compress);
  app.setErrorHandler((error, request, reply) => refuse(error, request, reply, log));
  app.setNotFoundHandler((request, reply) => answerUnrouted(request, reply, webRoot));
}
