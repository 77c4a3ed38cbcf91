/**
 * The composition root: the one place where the parts of the server meet.
 *
 * Order: the lock and the engine, then the collector (which first recovers what a crash left and
 * only then listens, so that nothing is acknowledged that could not be kept), then the faces.
 * Ending is the same backwards. Never knows: how any part works.
 */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Api, ApiParts, ZipkinFace } from '@clew/api';
import type { Collector, Otherwise } from '@clew/collector';
import type { Engine } from '@clew/store';
import { type Command, jsonFlag } from '../command.ts';
import { greeting, type Listening, type ReadyFacts, readyJson } from '../serve/greeting.ts';
import { createLog, type Log } from '../serve/log.ts';
import { splitAddress } from '../serve/ports.ts';
import { stopOnSignal } from '../serve/signals.ts';
import { assertPortsFree, startError } from '../serve/start-errors.ts';
import { createSteps, type Steps } from '../serve/steps.ts';
import { webRoot } from '../serve/web-root.ts';
import { configFlag, type ServerSettings, serverSettings } from '../server-settings.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { version } from '../version.ts';

export const command: Command = {
  name: 'serve',
  says: 'receive, keep and show traces (the default command)',
  usage: '[--config FILE] [--any.setting value …]',
  positionalsMax: 0,
  flags: [
    configFlag,
    {
      key: 'ready_file',
      type: 'string',
      default: '',
      valueName: 'FILE',
      says: 'write the JSON line of --json there once everything listens',
    },
    { ...jsonFlag, says: 'print one JSON line with the real ports when ready, for programs' },
  ],
  serverSettings: async () => (await import('../settings.ts')).settingsTable,
  examples: [
    ['clew', 'everything on its default port, data in ./data'],
    ['clew --listen.ui 127.0.0.1:16687 --listen.otlp_grpc off', 'another port; one listener less'],
    ['CLEW_DATA_DIR=/var/lib/clew clew serve --config /etc/clew.yaml', 'as a service'],
  ],
  run: async (args, terminal) => {
    const settings = await serverSettings(args, terminal.env);
    const isJson = args.values['json'] === true;
    const steps = createSteps(terminal, !isJson);
    const server = await startServer(settings, terminal, steps);
    const line = readyJson(server.facts);
    if (args.values['ready_file'] !== '') await writeFile(String(args.values['ready_file']), line);
    terminal.out(isJson ? line : greeting(server.facts, terminal.style, demoCommand(terminal)));
    return stopOnSignal(server.stop, terminal);
  },
};

/** `clew` is on nobody's path after `npm start` on a fresh clone; its scripts are. */
function demoCommand({ env }: Terminal): string {
  return env['npm_lifecycle_event'] === 'start' ? 'npm run demo' : 'clew demo';
}

export interface Server {
  readonly facts: ReadyFacts;
  readonly log: Log;
  /** Stops listening, makes everything acknowledged durable, ends the engine. */
  readonly stop: () => Promise<void>;
}

/** Starts every part, or ends those that did start and throws what went wrong in words. */
export async function startServer(
  settings: ServerSettings,
  terminal: Terminal,
  steps: Steps,
): Promise<Server> {
  const { values } = settings;
  const log = createLog(
    { level: values['log.level'] as 'info', format: values['log.format'] as 'auto' },
    terminal,
  );
  for (const warning of settings.warnings) log('warn', warning);
  const parts: Parts = {};
  const stop = () => stopParts(parts, log);
  try {
    await assertPortsFree(values);
    const listeners = await startParts(parts, settings, log, steps);
    steps.end();
    const facts = readyFacts(parts, String(values['data_dir']), listeners);
    log('info', 'ready', { version, startMs: Math.round(facts.startMs) });
    return { facts, log, stop };
  } catch (error) {
    steps.end();
    await stop().catch(() => undefined);
    throw startError(error, values);
  }
}

type Values = ServerSettings['values'];

interface Parts {
  engine?: Engine;
  collector?: Collector;
  api?: Api;
  tempo?: Api | undefined;
  jaegerQuery?: Api | undefined;
  /** Answers queries on the port of Zipkin's spans. */
  zipkin?: ZipkinFace;
}

async function startParts(
  parts: Parts,
  { values }: ServerSettings,
  log: Log,
  steps: Steps,
): Promise<Listening[]> {
  const nowMs = () => Date.now();
  steps.begin('opening the engine');
  const { openEngine } = await import('@clew/store');
  parts.engine = await openEngine({ place: enginePlace(values), log });

  steps.begin('taking up what the last run left');
  const { createCollector, collectorMetrics } = await import('@clew/collector');
  const collector = createCollector({
    engine: parts.engine,
    settings: values,
    log,
    nowMs,
    otherwise: { zipkin: askZipkin(parts) },
  });
  parts.collector = collector;
  const receiving = (await collector.start()).map(({ name, url }) => ({ name, url }));
  if (faceListeners.every((name) => values[`listen.${name}`] === 'off')) return receiving;

  steps.begin('opening the user interface');
  const { createApi, createJaegerQueryApi, createTempoApi, createZipkinFace, apiSettingsOf } =
    await import('@clew/api');
  const { createQuery, querySettingsOf } = await import('@clew/query');
  const faces: ApiParts = {
    query: createQuery(parts.engine, querySettingsOf(queryValues(values))),
    engine: parts.engine,
    collector,
    settings: apiSettingsOf(values),
    log,
    version,
    listeners: receiving,
    webRoot: webRoot(),
    metrics: collectorMetrics.map((metric) => ({
      ...metric,
      read: () => metric.read(collector.stats()),
    })),
    nowMs,
  };
  if (values['listen.ui'] !== 'off') parts.api = await createApi(faces);
  parts.tempo = await createTempoApi(faces);
  parts.jaegerQuery = await createJaegerQueryApi(faces);
  const zipkin = splitAddress(String(values['listen.zipkin']));
  if (zipkin !== undefined) parts.zipkin = await createZipkinFace(faces, zipkin.host);
  const shown = Object.entries({
    ui: parts.api,
    tempo: parts.tempo,
    jaeger_query: parts.jaegerQuery,
  });
  const open = shown.flatMap(([name, face]) => (face ? [{ name, url: face.address }] : []));
  return [...open, ...receiving];
}

/** Listeners with a face behind them. */
const faceListeners = ['ui', 'tempo', 'jaeger_query', 'zipkin'] as const;

/** The collector listens before the faces are open. */
function askZipkin(parts: Parts): Otherwise {
  return (request, response) => {
    if (parts.zipkin !== undefined) {
      parts.zipkin.handle(request, response);
      return;
    }
    response.writeHead(503, { 'retry-after': '1', 'content-type': 'text/plain' });
    response.end('Clew is starting; ask again in a moment\n');
  };
}

function enginePlace(values: Values): Engine['place'] {
  const text = (key: string) => String(values[key]);
  if (text('clickhouse.url') === '') {
    return {
      kind: 'embedded',
      dataDir: text('data_dir'),
      sessions: Number(values['engine.sessions']),
      memoryBytesMax: Number(values['engine.memory_bytes_max']),
      threads: Number(values['query.threads_max']),
    };
  }
  return {
    kind: 'remote',
    url: text('clickhouse.url'),
    user: text('clickhouse.user'),
    password: text('clickhouse.password'),
    database: text('clickhouse.database'),
    cluster: text('clickhouse.cluster'),
    ...(text('clickhouse.sql_user') === ''
      ? {}
      : {
          reader: {
            user: text('clickhouse.sql_user'),
            password: text('clickhouse.sql_password'),
          },
        }),
  };
}

/** What the collector stamps on everything it takes; the faces ask for the same. */
const TENANT = 'default';

function queryValues(values: Values) {
  const count = (key: string) => Number(values[key]);
  return {
    tenant: TENANT,
    secondsMax: count('query.seconds_max'),
    rowsMax: count('query.rows_max'),
    memoryBytesMax: count('query.memory_bytes_max'),
    threadsMax: count('query.threads_max'),
    limitMax: count('query.limit_max'),
    traceSpansMax: count('query.trace_spans_max'),
    sql: {
      secondsMax: count('sql.seconds_max'),
      rowsMax: count('sql.rows_max'),
      rowsReadMax: count('sql.rows_read_max'),
      memoryBytesMax: count('sql.memory_bytes_max'),
      resultBytesMax: count('sql.result_bytes_max'),
      runningMax: count('sql.running_max'),
    },
  };
}

function readyFacts(parts: Parts, dataDir: string, listeners: readonly Listening[]): ReadyFacts {
  const { engine } = parts;
  return {
    version,
    pid: process.pid,
    dataDir: resolve(dataDir),
    engine: {
      kind: engine?.place.kind ?? 'embedded',
      version: engine?.version() ?? '',
      pid: engine?.pid() ?? null,
    },
    listeners,
    // The clock of performance.now() starts with the process: this is what a person waited.
    startMs: performance.now(),
  };
}

/** Backwards; one part that fails to end does not keep the others from ending. */
async function stopParts(
  { collector, api, tempo, jaegerQuery, zipkin, engine }: Parts,
  log: Log,
): Promise<void> {
  for (const [part, end] of [
    ['collector', async () => collector?.stop()],
    ['api', async () => api?.close()],
    ['tempo', async () => tempo?.close()],
    ['jaeger_query', async () => jaegerQuery?.close()],
    ['zipkin', async () => zipkin?.close()],
    ['engine', async () => engine?.close()],
  ] as const) {
    try {
      await end();
    } catch (error) {
      log('error', 'a part did not end well', { part, error });
    }
  }
}
