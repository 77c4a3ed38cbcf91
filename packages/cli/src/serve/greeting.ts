/**
 * What a person reads when the server is ready, and the one JSON line that a program reads.
 *
 * Pure text. Never knows: how anything was started.
 */
import { printNs } from '../terminal/numbers.ts';
import type { Style } from '../terminal/style.ts';

export interface Listening {
  /** `ui`, `otlp_http`, `otlp_grpc`. */
  readonly name: string;
  readonly url: string;
}

export interface ReadyFacts {
  readonly version: string;
  readonly pid: number;
  readonly dataDir: string;
  readonly engine: { readonly kind: string; readonly version: string; readonly pid: number | null };
  readonly listeners: readonly Listening[];
  /** From the start of the process to here. */
  readonly startMs: number;
}

/** One line: `{"ready":true,…,"listeners":{"ui":{"url","host","port"},…}}`. */
export function readyJson(facts: ReadyFacts): string {
  const listeners = Object.fromEntries(
    facts.listeners.map(({ name, url }) => {
      const { hostname, port } = new URL(url);
      return [name, { url, host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) }];
    }),
  );
  return `${JSON.stringify({ ready: true, ...facts, listeners })}\n`;
}

/** `demo` is the command to type for a demo here; empty when one is running already. */
export function greeting(facts: ReadyFacts, style: Style, demo: string): string {
  const urlOf = (name: string) => facts.listeners.find((one) => one.name === name)?.url;
  const ui = urlOf('ui');
  const rows = [
    ...(ui === undefined ? [] : [['Open', style.bold(style.link(ui, ui))]]),
    ...[
      ['OTLP/HTTP', urlOf('otlp_http')],
      ['OTLP/gRPC', urlOf('otlp_grpc')],
    ].flatMap(([name, url]) => (url === undefined ? [] : [[name, url]])),
    ['Data', facts.dataDir],
  ] as const;
  const lines = [
    '',
    `${style.green('✓')} ${style.bold('Clew is ready')} ${style.dim(readyWords(facts))}`,
    '',
    ...rows.map(([name, value]) => `  ${style.dim(String(name).padEnd(10))} ${value}`),
    ...environmentLines(facts, style),
  ];
  lines.push('');
  if (demo !== '') lines.push(`  ${style.dim('Nothing to trace yet?')} ${demo}`);
  lines.push(`  ${style.dim('Ctrl-C stops; nothing that was acknowledged is lost.')}`, '');
  return `${lines.join('\n')}\n`;
}

function readyWords({ version, engine, startMs }: ReadyFacts): string {
  const where = engine.version === '' ? engine.kind : `${engine.kind} engine ${engine.version}`;
  return `${version} · ${where} · ${printNs(Math.round(startMs) * 1e6)}`;
}

/** HTTP is named where both are open: it passes more proxies, and every SDK speaks it. */
function environmentLines({ listeners }: ReadyFacts, style: Style): string[] {
  const http = listeners.find((one) => one.name === 'otlp_http');
  const target = http ?? listeners.find((one) => one.name === 'otlp_grpc');
  if (target === undefined) return [];
  return [
    '',
    `  ${style.dim('Send spans from any service with an OpenTelemetry SDK:')}`,
    '',
    `    export OTEL_EXPORTER_OTLP_ENDPOINT=${target.url}`,
    `    export OTEL_EXPORTER_OTLP_PROTOCOL=${http === undefined ? 'grpc' : 'http/protobuf'}`,
    '    export OTEL_SERVICE_NAME=my-service',
  ];
}
