/**
 * `/metrics`: Clew about itself, as Prometheus text. Process, engine, HTTP, and the tables of other packages.
 *
 * The relations between counters are in their help texts, so that the page can be read as a manual.
 * Never knows: what other packages count.
 */
import type { FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { EngineView, Metric } from './parts.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A stream lasts as long as its page is open, which says nothing about this server. */
    isUnmeasured?: boolean;
  }
}

type Sources = {
  readonly engine: EngineView;
  readonly followers: () => number;
  readonly version: string;
  readonly metrics: readonly Metric[];
};

/** The mark for a trace by id is 60 ms, for a search 250 ms: both lie on a border. */
const secondsBuckets = [0.002, 0.005, 0.01, 0.02, 0.04, 0.06, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export function metricsRoutes(app: FastifyInstance, sources: Sources): void {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  ownMetrics(registry, sources);
  for (const metric of sources.metrics) tableMetric(registry, metric);
  timeRequests(app, registry);

  const text = { 'text/plain': { schema: { type: 'string' } } };
  const schema = {
    summary: 'Prometheus metrics about Clew itself',
    tags: ['health'],
    response: { 200: { description: 'Prometheus text format', content: text } },
  };
  app.get('/metrics', { schema }, async (_, reply) => {
    reply.type(registry.contentType).header('cache-control', 'no-store');
    return registry.metrics();
  });
}

function ownMetrics(registry: Registry, { engine, followers, version }: Sources): void {
  const registers = [registry];
  new Gauge({
    name: 'clew_build_info',
    help: 'always 1; the version is in the label',
    labelNames: ['version'],
    registers,
  }).set({ version }, 1);
  new Gauge({
    name: 'clew_engine_ready',
    help: '1 when questions can be answered; at 0 spans are still accepted into the spool',
    registers,
    collect() {
      this.set(engine.state() === 'ready' ? 1 : 0);
    },
  });
  new Gauge({
    name: 'clew_ui_pulses',
    help: 'pages that follow the live status; refused beyond ui.pulses_max',
    registers,
    collect() {
      this.set(followers());
    },
  });
}

/** A row of another package's table. Counters are read anew each time, hence reset and set. */
function tableMetric(registry: Registry, metric: Metric): void {
  const labelNames = metric.label === undefined ? [] : [metric.label];
  const options = { name: metric.name, help: metric.says, labelNames, registers: [registry] };
  const collect = (set: (labels: Record<string, string>, value: number) => void) => {
    const value = metric.read();
    if (typeof value === 'number') set({}, value);
    else for (const [label, each] of value) set({ [metric.label ?? 'label']: label }, each);
  };
  if (metric.kind === 'gauge') {
    new Gauge({
      ...options,
      collect() {
        this.reset();
        collect((labels, value) => this.set(labels, value));
      },
    });
    return;
  }
  new Counter({
    ...options,
    collect() {
      this.reset();
      collect((labels, value) => this.inc(labels, value));
    },
  });
}

function timeRequests(app: FastifyInstance, registry: Registry): void {
  const seconds = new Histogram({
    name: 'clew_http_request_seconds',
    help: 'time to answer a request of the UI listener, by route and status; streams count until their end',
    labelNames: ['route', 'status'],
    buckets: secondsBuckets,
    registers: [registry],
  });
  app.addHook('onResponse', async (request, reply) => {
    // The route's pattern, never the path: labels must stay few.
    const route = request.routeOptions.url ?? 'none';
    if (request.routeOptions.config.isUnmeasured === true) return;
    seconds.observe({ route, status: String(reply.statusCode) }, reply.elapsedTime / 1000);
  });
}
