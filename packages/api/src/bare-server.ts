/**
 * A listener of the faces before it has routes: guard, headers, limits, compression, refusals.
 *
 * Order of a request: guard (method, URL, Host, Origin) → headers → route → compress. Never knows: which faces are mounted.
 */
import { randomBytes } from 'node:crypto';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { compress } from './compress.ts';
import { createGuard } from './guard.ts';
import { limits } from './limits.ts';
import type { ApiParts } from './parts.ts';
import { refuse, refuseConnection } from './refuse.ts';
import { securityHeaders } from './security-headers.ts';

type Parts = Pick<ApiParts, 'settings' | 'listeners' | 'log'>;

export type ErrorHandler = (
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
) => FastifyReply;

/**
 * @param bound the host it will listen on, which decides the names it answers to
 * @param refusing how errors are answered where no face says otherwise
 */
export function buildBareServer(
  parts: Parts,
  bound: string,
  refusing?: ErrorHandler,
): FastifyInstance {
  const { settings, log, listeners } = parts;
  const app = Fastify(serverOptions(log));
  app.server.maxConnections = settings.connectionsMax;
  const urls = listeners.map(({ url }) => url);
  const guard = createGuard({
    bound,
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
  app.setErrorHandler(refusing ?? ((error, request, reply) => refuse(error, request, reply, log)));
  return app;
}

function serverOptions(log: Parts['log']) {
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
