/**
 * Texts to paste: environment variables per language, a test span, the demo.
 *
 * The variables are those of the OpenTelemetry specification
 * (https://opentelemetry.io/docs/specs/otel/protocol/exporter/). Never knows: the DOM.
 */
import type { Listener } from '../server/answers.ts';

export type Endpoints = { readonly http: string; readonly grpc: string | undefined };

type Language = {
  readonly name: string;
  readonly snippet: (endpoints: Endpoints) => string;
  readonly note: string;
};

export const demoCommand = 'npm run demo';

/** OTLP over HTTP needs nothing besides in most SDKs; this is what all of them share. */
function variables({ http }: Endpoints, prefix = 'export '): string {
  return [
    `${prefix}OTEL_SERVICE_NAME=my-service`,
    `${prefix}OTEL_EXPORTER_OTLP_ENDPOINT=${http}`,
    `${prefix}OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf`,
  ].join('\n');
}

export const languages: readonly Language[] = [
  {
    name: 'Node.js',
    snippet: (at) =>
      `${variables(at)}\nexport NODE_OPTIONS="--import @opentelemetry/auto-instrumentations-node/register"`,
    note: 'npm install @opentelemetry/api @opentelemetry/auto-instrumentations-node',
  },
  {
    name: 'Python',
    snippet: (at) => `${variables(at)}\nopentelemetry-instrument python app.py`,
    note: 'pip install opentelemetry-distro opentelemetry-exporter-otlp, then opentelemetry-bootstrap -a install',
  },
  {
    name: 'Java',
    snippet: (at) => `${variables(at)}\njava -javaagent:opentelemetry-javaagent.jar -jar app.jar`,
    note: 'The agent is one file from the releases of opentelemetry-java-instrumentation.',
  },
  {
    name: 'Go',
    snippet: (at) => variables(at),
    note: 'Create the exporter with otlptracehttp.New(ctx): it reads these variables.',
  },
  {
    name: '.NET',
    snippet: (at) => variables(at),
    note: 'builder.Services.AddOpenTelemetry().WithTracing(t => t.AddAspNetCoreInstrumentation().AddOtlpExporter())',
  },
  {
    name: 'Ruby',
    snippet: (at) => variables(at),
    note: 'gem install opentelemetry-sdk opentelemetry-exporter-otlp opentelemetry-instrumentation-all',
  },
  {
    name: 'PHP',
    snippet: (at) => `${variables(at)}\nexport OTEL_PHP_AUTOLOAD_ENABLED=true`,
    note: 'pecl install opentelemetry, then composer require open-telemetry/sdk open-telemetry/exporter-otlp',
  },
  {
    name: 'Collector',
    snippet: ({ http }) =>
      ['exporters:', '  otlphttp/clew:', `    endpoint: ${http}`, '    compression: zstd'].join(
        '\n',
      ),
    note: 'Add otlphttp/clew to the exporters of your traces pipeline.',
  },
];

/** What of the listeners takes spans. gRPC addresses are shown as SDKs want them, with a scheme. */
export function endpoints(listeners: readonly Listener[]): {
  http: string | undefined;
  grpc: string | undefined;
  others: Listener[];
} {
  const url = (name: string) => {
    const found = listeners.find((listener) => listener.name === name)?.url;
    return found === undefined || found.includes('://') ? found : `http://${found}`;
  };
  const known = ['otlp_http', 'otlp_grpc', 'ui'];
  return {
    http: url('otlp_http'),
    grpc: url('otlp_grpc'),
    others: listeners.filter(({ name }) => !known.includes(name)),
  };
}

/** A `curl` command that sends one span of 250 ms, happening now by the clock of the shell it is pasted into. */
export function testSpan(http: string): string {
  const span = [
    `"traceId":"'$(openssl rand -hex 16)'", "spanId":"'$(openssl rand -hex 8)'",`,
    '"name":"first span", "kind":1,',
    `"startTimeUnixNano":"'$(date +%s)'000000000", "endTimeUnixNano":"'$(date +%s)'250000000"`,
  ];
  const service = '{"key":"service.name","value":{"stringValue":"hello-clew"}}';
  return [
    `curl ${http.replace(/\/$/, '')}/v1/traces -H 'content-type: application/json' -d '{"resourceSpans":[{`,
    `  "resource":{"attributes":[${service}]},`,
    `  "scopeSpans":[{"spans":[{`,
    ...span.map((line) => `    ${line}`),
    '  }]}]',
    "}]}'",
  ].join('\n');
}
