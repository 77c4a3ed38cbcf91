/**
 * `/status`, `/pulse` and the description of the API itself.
 *
 * Never knows: what a status holds.
 */
import { securityHeaders } from '../security-headers.ts';
import type { App } from '../typed-app.ts';
import { statusAnswer } from './answers.ts';
import { nothing } from './asks.ts';
import type { NativeParts } from './routes.ts';

export function statusRoutes(app: App, { status, pulse }: NativeParts): void {
  const statusSchema = {
    summary: 'How Clew is doing, and the newest trace',
    tags: ['status'],
    querystring: nothing,
    response: { 200: statusAnswer },
  };
  app.get('/api/v1/status', { schema: statusSchema }, () => status.read());

  const pulseSchema = {
    summary:
      'The status as server-sent events: `pulse` every second, and at once on the first span',
    tags: ['status'],
    querystring: nothing,
    response: {
      200: {
        description: 'A stream of events; the data of each is the status answer',
        content: { 'text/event-stream': { schema: { type: 'string' } } },
      },
    },
  };
  const onPulse = { schema: pulseSchema, exposeHeadRoute: false, config: { isUnmeasured: true } };
  app.get('/api/v1/pulse', onPulse, (_, reply) => {
    pulse.follow(reply.raw, securityHeaders);
    reply.hijack();
  });

  let document: string | undefined;
  const openapiSchema = {
    summary: 'This description of the API',
    tags: ['status'],
    querystring: nothing,
    response: {
      200: {
        description: 'OpenAPI 3.1',
        content: { 'application/json': { schema: { type: 'object' } } },
      },
    },
  };
  app.get('/api/v1/openapi.json', { schema: openapiSchema }, (_, reply) => {
    document ??= JSON.stringify(app.swagger());
    return reply.type('application/json; charset=utf-8').send(document);
  });
}
