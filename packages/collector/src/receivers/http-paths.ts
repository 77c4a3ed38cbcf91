/**
 * The one path of OTLP/HTTP, and a hint for everyone who knocks at another.
 */
import type { IncomingMessage } from 'node:http';
import { CollectorError } from '../errors.ts';

const TRACES = '/v1/traces';
const HINT = 'OTLP/HTTP traces are taken with POST /v1/traces';

/** Signals that exporters send by default beside traces, and the variable that stops them. */
const otherSignals: Readonly<Record<string, { found: string; variable: string }>> = {
  '/v1/metrics': { found: 'a metrics request', variable: 'OTEL_METRICS_EXPORTER' },
  '/v1/logs': { found: 'a logs request', variable: 'OTEL_LOGS_EXPORTER' },
};

/**
 * Returns when the request is a POST of traces; throws NO_SUCH_PATH, NO_SUCH_SIGNAL or
 * WRONG_METHOD otherwise. All three are final for an OTLP client: it drops and does not retry.
 */
export function findPath(request: IncomingMessage): void {
  const path = (request.url ?? '/').split('?', 1)[0] as string;
  if (path === TRACES || path === `${TRACES}/`) {
    if (request.method === 'POST') return;
    throw new CollectorError('WRONG_METHOD', { found: request.method ?? '', path, hint: HINT });
  }
  const signal = otherSignals[path];
  if (signal !== undefined) throw new CollectorError('NO_SUCH_SIGNAL', signal);
  throw new CollectorError('NO_SUCH_PATH', { found: path.slice(0, 200), hint: hintFor(path) });
}

function hintFor(path: string): string {
  if (path === '/') {
    return `${HINT}; when OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is set, it must hold the whole path`;
  }
  if (path.startsWith('/opentelemetry.')) {
    return `${HINT}; this looks like gRPC, which has its own port (listen.otlp_grpc)`;
  }
  return HINT;
}
