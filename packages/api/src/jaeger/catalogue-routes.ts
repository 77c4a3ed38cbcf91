/**
 * Services, operations and dependencies of Jaeger's older API.
 *
 * Never knows: how the catalogue is kept.
 */
import { BadAsk, first, type Parameters } from '../ask/parameters.ts';
import type { App } from '../typed-app.ts';
import { rangeOf } from './ask.ts';
import { envelope } from './refuse.ts';
import { type JaegerParts, unlisted } from './routes.ts';
import { operationsShape } from './shape.ts';

const dayMs = 86_400_000;

export function catalogueRoutes(app: App, { query, nowMs = Date.now }: JaegerParts): void {
  app.get('/services', unlisted, async ({ signal }) => {
    const names = (await query.services(undefined, { signal })).map(({ name }) => name);
    return envelope(names, names.length);
  });

  app.get('/services/:service/operations', unlisted, async ({ params, signal }) => {
    const { service } = params as { service: string };
    const operations = await query.operations(service, { signal });
    const names = [...new Set(operations.map(({ name }) => name))];
    return envelope(names, names.length);
  });

  app.get('/operations', unlisted, async (request) => {
    const given = request.query as Parameters;
    const service = first(given, 'service');
    if (service === '') throw new BadAsk("parameter 'service' is required");
    const operations = await query.operations(service, { signal: request.signal });
    const shaped = operationsShape(operations, first(given, 'spanKind'));
    return envelope(shaped, shaped.length);
  });

  app.get('/dependencies', unlisted, async (request) => {
    const given = request.query as Parameters;
    const range = rangeOf(given, nowMs(), dayMs);
    const { links } = await query.dependencies(range, { signal: request.signal });
    const service = first(given, 'service');
    const wanted = links.filter(
      ({ parent, child }) => service === '' || parent === service || child === service,
    );
    return envelope(
      wanted.map(({ parent, child, calls }) => ({ parent, child, callCount: calls })),
    );
  });
}
