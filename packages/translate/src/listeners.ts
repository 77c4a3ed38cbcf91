/**
 * The ports that spans may arrive at: one row each. A row makes its setting `listen.<name>`, its door in the
 * collector and its line in the documents.
 *
 * Never knows: what is spoken there, which the rows of `protocols.ts` say.
 */

import { datadogListener } from './datadog-protocol.ts';
import { jaegerListeners } from './jaeger-protocol.ts';
import { refusedOtlp } from './otlp-answers.ts';
import type { Listener } from './protocol.ts';
import { xrayListeners } from './xray-protocol.ts';
import { zipkinListener } from './zipkin-protocol.ts';

const OTLP_HINT = 'OTLP/HTTP traces are taken with POST /v1/traces';

export const listeners: readonly Listener[] = [
  {
    name: 'otlp_grpc',
    transport: 'grpc',
    port: 4317,
    says: 'where OTLP/gRPC is taken; off closes it',
    hint: () => 'OTLP traces are taken by TraceService/Export',
    strays: {
      '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export': {
        found: 'a metrics request',
        variable: 'OTEL_METRICS_EXPORTER',
      },
      '/opentelemetry.proto.collector.logs.v1.LogsService/Export': {
        found: 'a logs request',
        variable: 'OTEL_LOGS_EXPORTER',
      },
    },
  },
  {
    name: 'otlp_http',
    transport: 'http',
    port: 4318,
    says: 'where OTLP/HTTP is taken (POST /v1/traces); off closes it',
    hint: otlpHint,
    strays: {
      '/v1/metrics': { found: 'a metrics request', variable: 'OTEL_METRICS_EXPORTER' },
      '/v1/logs': { found: 'a logs request', variable: 'OTEL_LOGS_EXPORTER' },
    },
    refused: refusedOtlp,
  },
  datadogListener,
  ...xrayListeners,
  zipkinListener,
  ...jaegerListeners,
];

function otlpHint(path: string): string {
  if (path === '/') {
    return `${OTLP_HINT}; when OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is set, it must hold the whole path`;
  }
  if (path.startsWith('/opentelemetry.')) {
    return `${OTLP_HINT}; this looks like gRPC, which has its own port (listen.otlp_grpc)`;
  }
  return OTLP_HINT;
}
