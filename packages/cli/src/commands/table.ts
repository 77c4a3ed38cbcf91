/**
 * The commands. Each is loaded only when it is asked for, so that `clew trace` never pays for the
 * engine and `clew serve` starts fast.
 */
import type { Command } from '../command.ts';

export interface CommandRow {
  readonly name: string;
  readonly says: string;
  readonly load: () => Promise<{ readonly command: Command }>;
}

export const commands: readonly CommandRow[] = [
  {
    name: 'serve',
    says: 'receive, keep and show traces (the default command)',
    load: () => import('./serve.ts'),
  },
  {
    name: 'demo',
    says: 'run a small shop of five real services that sends traces',
    load: () => import('./demo.ts'),
  },
  {
    name: 'send',
    says: 'send files of spans (OTLP, Zipkin or Jaeger JSON; gzip, zstd), once or as load',
    load: () => import('./send.ts'),
  },
  {
    name: 'export',
    says: 'write traces to a file: OTLP, Zipkin or Jaeger JSON',
    load: () => import('./export.ts'),
  },
  {
    name: 'trace',
    says: 'print one trace as a waterfall',
    load: () => import('./trace.ts'),
  },
  {
    name: 'search',
    says: 'find traces or spans',
    load: () => import('./search.ts'),
  },
  {
    name: 'query',
    says: 'ask in TraceQL',
    load: () => import('./query.ts'),
  },
  {
    name: 'sql',
    says: 'ask in SQL',
    load: () => import('./sql.ts'),
  },
  {
    name: 'mcp',
    says: 'let agents ask: the MCP server on standard input and output',
    load: () => import('./mcp.ts'),
  },
  {
    name: 'doctor',
    says: 'check this machine and the data directory, and say what to do',
    load: () => import('./doctor.ts'),
  },
  {
    name: 'settings',
    says: 'print the settings in force, or their JSON schema',
    load: () => import('./settings.ts'),
  },
];
