/**
 * What there is, as Zipkin lists it: names in lower case and in order.
 *
 * Never knows: how the catalogue is kept.
 */
import type { FastifyReply } from 'fastify';
import type { Parameters } from '../ask/parameters.ts';
import { limits } from '../limits.ts';
import type { App } from '../typed-app.ts';
import { rangeOf, required } from './ask.ts';
import { unlisted, type ZipkinParts } from './routes.ts';
import { completedKeys, linksShape, namesShape } from './shape.ts';

/** Few names may become more any moment; Zipkin lets browsers keep longer lists. */
const fewNames = 3;

export function catalogueRoutes(app: App, parts: ZipkinParts): void {
  const { query, settings, nowMs = Date.now } = parts;

  /** The services that Zipkin takes for one, because it knows lower case only. */
  const servicesNamed = async (given: Parameters, signal: AbortSignal) => {
    const wanted = required(given, 'serviceName').toLowerCase();
    const services = await query.services(undefined, { signal });
    const names = services.map(({ name }) => name);
    return {
      isLong: names.length > fewNames,
      names: names.filter((name) => name.toLowerCase() === wanted),
    };
  };

  app.get('/services', unlisted, async ({ signal }, reply) => {
    const names = namesShape((await query.services(undefined, { signal })).map(({ name }) => name));
    return list(reply, names, names.length > fewNames);
  });

  app.get('/spans', unlisted, async ({ query: given, signal }, reply) => {
    const { names, isLong } = await servicesNamed(given as Parameters, signal);
    const all = await Promise.all(names.map((name) => query.operations(name, { signal })));
    return list(reply, namesShape(all.flat().map(({ name }) => name)), isLong);
  });

  app.get('/remoteServices', unlisted, async ({ query: given, signal }, reply) => {
    const { names, isLong } = await servicesNamed(given as Parameters, signal);
    const range = rangeOf({ lookback: String(settings.hotWindowMs) }, nowMs());
    const all = await Promise.all(names.map((name) => query.peers(name, range, { signal })));
    return list(reply, namesShape(all.flat()), isLong);
  });

  app.get('/dependencies', unlisted, async ({ query: given, signal }) => {
    required(given as Parameters, 'endTs');
    const range = rangeOf(given as Parameters, nowMs());
    const { links } = await query.dependencies(range, { signal });
    return linksShape(links);
  });

  app.get('/autocompleteKeys', unlisted, async ({ signal }, reply) => {
    const attributes = await query.attributes({ limit: limits.attributesMax }, { signal });
    return list(reply, completedKeys(attributes).slice(0, limits.completedKeysMax), true);
  });

  app.get('/autocompleteValues', unlisted, async ({ query: given, signal }, reply) => {
    const key = required(given as Parameters, 'key');
    const filter = { prefix: key, limit: limits.attributesMax };
    const attributes = await query.attributes(filter, { signal });
    const samples = attributes.filter((each) => each.key === key).flatMap((each) => each.samples);
    const values = [...new Set(samples)].sort();
    return list(reply, values, values.length > fewNames);
  });
}

function list(reply: FastifyReply, names: readonly string[], isLong: boolean): FastifyReply {
  reply.header('cache-control', isLong ? 'max-age=300, must-revalidate' : 'no-store');
  return reply.send(names);
}
