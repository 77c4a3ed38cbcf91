/**
 * Plays a chain through two languages: buyer (Node) → quotes (FastAPI) → stock (Flask) → warehouse (Node).
 *
 * The Python services run under `opentelemetry-instrument`, the launcher of the OpenTelemetry SDK for Python.
 * Never knows: how a service is traced.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Run } from '../../stage.mjs';
import { install } from './environment.ts';

const program = (name: string) => new URL(`./${name}.js`, import.meta.url);
const services = fileURLToPath(new URL('../services/', import.meta.url));
const nodeEnv = { OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http,undici' };

export const run: Run = async (stage) => {
  stage.log('installing the Python packages, which takes up to a minute …');
  const python = await install(stage);
  if ('missing' in python) return { traces: [], look: [], skipped: python.missing };
  const traced = (command: string, ...args: string[]) =>
    [join(python.bin, 'opentelemetry-instrument'), join(python.bin, command), ...args] as const;

  const warehouse = await stage.start('warehouse', program('warehouse'), {
    nodeFlags: ['--import', '@clew/sdk/register'],
    env: nodeEnv,
  });
  const flask = traced('flask', '--app', join(services, 'stock.py'), 'run', '--port', '0');
  const stock = await stage.start('stock', flask, {
    env: { ...pythonEnv, WAREHOUSE: warehouse.url },
    ready: /Running on (http:\S+)/,
  });
  const uvicorn = traced('uvicorn', 'quotes:app', '--app-dir', services, '--port', '0');
  const quotes = await stage.start('quotes', uvicorn, {
    env: { ...pythonEnv, STOCK: stock.url },
    ready: /running on (http:\S+)/,
  });
  const env = { ...nodeEnv, QUOTES: quotes.url };
  const { traces } = await stage.play('buyer', program('buyer'), { env });
  return {
    traces,
    urls: { quotes: `${quotes.url}/quotes/lamp?count=3` },
    look: [
      'one trace through four services, two languages and two SDKs: all they share is the traceparent header',
      'telemetry.sdk.language and telemetry.sdk.name of a span tell who made it',
      'what nobody sells: a 404 is an error of the one who asks, not of the one who answers',
    ],
  };
};

/** The Python SDK sends over gRPC, and metrics and logs, unless it is told not to. */
const pythonEnv = {
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
  OTEL_METRICS_EXPORTER: 'none',
  OTEL_LOGS_EXPORTER: 'none',
  PYTHONDONTWRITEBYTECODE: '1',
};
