/**
 * `POST /mcp`: the MCP server over streamable HTTP, without sessions: every request stands for itself and is answered with
 * JSON, so that nothing is kept between requests and nothing has to be bounded but the body.
 *
 * `Host` and `Origin` are checked by the listener's guard, as the protocol demands of local servers:
 * https://modelcontextprotocol.io/specification/2025-06-18/basic/transports#security-warning
 * Never knows: the tools.
 */
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Fresh } from '../fresh.ts';
import type { ApiParts } from '../parts.ts';
import type { App } from '../typed-app.ts';
import { createMcpServer } from './server.ts';

/** Described by the protocol, not by our OpenAPI document. */
const schema = { hide: true } as const;

export function mcpFace(app: App, parts: ApiParts & { readonly fresh: Fresh }): void {
  const { query, fresh, settings, version, log, nowMs = Date.now } = parts;
  const serverFor = (request: FastifyRequest) =>
    createMcpServer({
      version,
      log,
      // The guard has let this name pass.
      baseUrl: `${request.protocol}://${request.host}`,
      context: (signal) => ({
        query,
        fresh,
        nowMs: nowMs(),
        hotWindowMs: settings.hotWindowMs,
        signal,
      }),
    });

  app.post('/mcp', { schema, config: { takesPost: true } }, async (request, reply) => {
    const server = serverFor(request);
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
    await server.connect(transport);
    const end = () => void server.close();
    request.signal.addEventListener('abort', end, { once: true });
    try {
      const answer = await transport.handleRequest(webRequest(request), {
        parsedBody: request.body,
      });
      return await send(reply, answer);
    } finally {
      request.signal.removeEventListener('abort', end);
      await server.close();
    }
  });

  // A stream that the server may speak on by itself; it never does.
  app.get('/mcp', { schema }, (_, reply) =>
    reply
      .code(405)
      .header('allow', 'POST')
      .send({
        jsonrpc: '2.0',
        error: { code: -32000, message: 'POST messages here; this server opens no streams' },
        id: null,
      }),
  );
}

function webRequest({ protocol, host, url, headers }: FastifyRequest): Request {
  const given = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined
      ? []
      : [[name, Array.isArray(value) ? value.join(', ') : value] as [string, string]],
  );
  return new Request(`${protocol}://${host}${url}`, {
    method: 'POST',
    headers: new Headers(given),
  });
}

async function send(reply: FastifyReply, answer: Response): Promise<FastifyReply> {
  const type = answer.headers.get('content-type');
  reply.code(answer.status).header('cache-control', 'no-store');
  if (type !== null) reply.type(type);
  return reply.send(Buffer.from(await answer.arrayBuffer()));
}
