/**
 * What there is to ask about: services, their operations, attributes.
 *
 * Never knows: how the catalogue is kept.
 */
import { rangeOf } from '../ask/range.ts';
import type { App } from '../typed-app.ts';
import { attributesAnswer, operationsAnswer, servicesAnswer } from './answers.ts';
import { attributesQuery, nothing, servicePath, servicesQuery } from './asks.ts';
import type { NativeParts } from './routes.ts';

export function catalogueRoutes(app: App, parts: NativeParts): void {
  const { query, settings } = parts;
  const nowMs = parts.nowMs ?? Date.now;

  const servicesSchema = {
    summary: 'Services, with their colour slots and counts',
    tags: ['catalogue'],
    querystring: servicesQuery,
    response: { 200: servicesAnswer },
  };
  app.get('/api/v1/services', { schema: servicesSchema }, async (request) => {
    const { from, to } = request.query;
    const isBounded = from !== undefined || to !== undefined;
    const clock = { nowMs: nowMs(), hotWindowMs: settings.hotWindowMs };
    const range = isBounded ? rangeOf({ from, to }, clock) : undefined;
    return { services: await query.services(range, { signal: request.signal }) };
  });

  const operationsSchema = {
    summary: 'Operations of a service',
    tags: ['catalogue'],
    params: servicePath,
    querystring: nothing,
    response: { 200: operationsAnswer },
  };
  const operationsPath = '/api/v1/services/:service/operations';
  app.get(operationsPath, { schema: operationsSchema }, async ({ params, signal }) => ({
    operations: await query.operations(params.service, { signal }),
  }));

  const attributesSchema = {
    summary: 'Attribute keys seen, with types and sample values',
    tags: ['catalogue'],
    querystring: attributesQuery,
    response: { 200: attributesAnswer },
  };
  app.get('/api/v1/attributes', { schema: attributesSchema }, async (request) => ({
    attributes: await query.attributes(request.query, { signal: request.signal }),
  }));
}
