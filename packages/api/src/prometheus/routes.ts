/**
 * Prometheus' HTTP API over the metrics that Clew derives from spans, so that Grafana's service graph, span metrics views
 * and dashboards work unchanged; and a page that a Prometheus server can scrape.
 *
 * Under `/prometheus` on the UI listener. Never knows: how questions are answered.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BadAsk, first, type Parameters } from '../ask/parameters.ts';
import { clientLeft } from '../client-left.ts';
import type { ApiParts } from '../parts.ts';
import type { App } from '../typed-app.ts';
import { limitOf, parametersOf, readForm, selectorsOf, timeOf, timesOf } from './ask.ts';
import { createCount } from './counted.ts';
import { findExemplars } from './exemplars.ts';
import { metrics } from './families.ts';
import { type Listing, labelNames, labelValues, listSeries } from './listing.ts';
import { evaluate } from './promql/evaluate.ts';
import { parsePromql } from './promql/parse.ts';
import { refuseAsPrometheus } from './refuse.ts';
import { createSamples } from './samples.ts';
import { scrapeRoute } from './scrape.ts';
import { instantShape, rangeShape, success } from './shape.ts';

/** Described by Prometheus, not by our OpenAPI document. */
const unlisted = { hide: true } as const;

type Asker = { readonly params: unknown; readonly signal: AbortSignal };
type Answer = (given: Parameters, asker: Asker) => Promise<unknown> | unknown;

/** How far back exemplars are looked for when nobody says. */
const exemplarsMs = 3_600_000;

/** @param prefix what stands before `/api/v1` */
export async function prometheusFace(app: App, parts: ApiParts, prefix: string): Promise<void> {
  await app.register(
    async (scope) => {
      scope.setErrorHandler(refuseAsPrometheus(parts.log));
      scope.addContentTypeParser(
        'application/x-www-form-urlencoded',
        { parseAs: 'string' },
        (_, body, done) => done(null, readForm(body as string)),
      );
      scrapeRoute(scope as App, parts);
      for (const [path, answer] of Object.entries(answersOf(parts))) {
        scope.route({
          method: ['GET', 'POST'],
          url: `/api/v1${path}`,
          schema: unlisted,
          config: { takesPost: true },
          handler: async (request: FastifyRequest, reply: FastifyReply) => {
            reply.header('cache-control', 'no-store');
            return answer(parametersOf(request), {
              params: request.params,
              signal: clientLeft(reply),
            });
          },
        });
      }
      scope.get('/*', { schema: unlisted }, async ({ url }) => {
        throw new BadAsk(`there is nothing at ${url.split('?', 1)[0]}`, 404);
      });
    },
    { prefix },
  );
}

/** Path below `/api/v1` → what is answered there. */
function answersOf(parts: ApiParts): Readonly<Record<string, Answer>> {
  const nowMs = parts.nowMs ?? Date.now;
  const ask = (signal: AbortSignal) => {
    const warnings = new Set<string>();
    const count = createCount(parts.query, signal, (warning) => void warnings.add(warning));
    return { count, samples: createSamples(count, nowMs()), warnings };
  };

  return {
    '/query': async (given, { signal }) => {
      const expression = parsePromql(first(given, 'query'));
      const timeMs = timeOf(given, 'time', nowMs());
      const { samples, warnings } = ask(signal);
      const result = await evaluate(expression, [timeMs], samples);
      return success(instantShape(result, timeMs), [...warnings]);
    },
    '/query_range': async (given, { signal }) => {
      const expression = parsePromql(first(given, 'query'));
      const times = timesOf(given);
      const { samples, warnings } = ask(signal);
      const result = await evaluate(expression, times, samples);
      return success(rangeShape(result, times), [...warnings]);
    },
    '/labels': (given) => success(labelNames(selectorsOf(given))),
    '/label/:name/values': async (given, { params, signal }) => {
      const { name } = params as { name: string };
      const { count, warnings } = ask(signal);
      const listing = listingOf(given, nowMs(), parts.settings.hotWindowMs);
      return success(await labelValues(count, name, listing), [...warnings]);
    },
    '/series': async (given, { signal }) => {
      const { count, warnings } = ask(signal);
      const listing = listingOf(given, nowMs(), parts.settings.hotWindowMs);
      return success(await listSeries(count, listing), [...warnings]);
    },
    '/metadata': (given) => success(metadataOf(first(given, 'metric'))),
    '/status/buildinfo': () => success(buildInfo(parts.version)),
    // Grafana asks for these; there are no rules here.
    '/rules': () => success({ groups: [] }),
    '/alerts': () => success({ alerts: [] }),
    '/query_exemplars': async (given, { signal }) => {
      const expression = parsePromql(first(given, 'query'));
      const endMs = timeOf(given, 'end', nowMs());
      const startMs = timeOf(given, 'start', endMs - exemplarsMs);
      if (endMs < startMs) throw new BadAsk('end timestamp must not be before start timestamp');
      return success(await findExemplars(parts.query, expression, { startMs, endMs }, signal));
    },
  };
}

function listingOf(given: Parameters, nowMs: number, hotWindowMs: number): Listing {
  const toMs = timeOf(given, 'end', nowMs);
  const fromMs = timeOf(given, 'start', nowMs - hotWindowMs);
  return { selectors: selectorsOf(given), fromMs, toMs, limit: limitOf(given) };
}

function metadataOf(metric: string) {
  const chosen = metrics.filter(({ name }) => metric === '' || metric === name);
  return Object.fromEntries(
    chosen.map(({ name, type, help }) => [name, [{ type, help, unit: '' }]]),
  );
}

/** Grafana decides by the version what it may ask; this one has all that is answered here. */
const apiVersion = '2.55.0';

function buildInfo(version: string) {
  return {
    version: apiVersion,
    revision: `clew ${version}`,
    branch: '',
    buildUser: '',
    buildDate: '',
    goVersion: '',
  };
}
