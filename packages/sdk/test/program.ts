/** Runs whole programs on the built package, with a real receiver beside them. For system tests. */
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Resource, Span } from '@clew/wire';
import { decodeTraces } from '@clew/wire/decode';
import { plain } from './kept.ts';

/** The package: names resolve as they do for its dependants. */
export const root = fileURLToPath(new URL('..', import.meta.url));
const undo: (() => void)[] = [];

export function cleanUp(): void {
  for (const one of undo.splice(0)) one();
}

export interface Ran {
  readonly spans: Span[];
  /** The attributes of the resource that each span came with. */
  readonly resources: Record<string, unknown>[];
  readonly code: number;
  /** The signal that ended the program. */
  readonly ended: NodeJS.Signals | null;
  readonly out: string;
}

export interface Run {
  readonly source: string;
  /** Node's own, before `--eval`. */
  readonly flags?: readonly string[];
  /** Sent when the program prints something. */
  readonly signal?: NodeJS.Signals;
  readonly env?: Readonly<Record<string, string>>;
  /** Where names of packages are looked for; this package when absent. */
  readonly cwd?: string;
}

const TIME_MS_MAX = 60_000;

export async function run({ source, flags = [], signal, env = {}, cwd = root }: Run): Promise<Ran> {
  const spans: Span[] = [];
  const resources: Record<string, unknown>[] = [];
  const take = (resource: Resource, found: readonly Span[]) => {
    spans.push(...found);
    resources.push(...found.map(() => plain(resource.attributes)));
  };
  const port = await receiver(take);
  const childEnv = {
    ...process.env,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_LOG_LEVEL: 'none',
    ...env,
  };
  return new Promise<Ran>((resolve) => {
    const options = { cwd, env: childEnv, timeout: TIME_MS_MAX };
    const args = [...flags, '--eval', source];
    const child = execFile(process.execPath, args, options, (error, stdout, stderr) => {
      const ended = error?.signal ?? null;
      const code = Number(error?.code ?? 0);
      resolve({ spans, resources, code, ended, out: stdout + stderr });
    });
    if (signal !== undefined) child.stdout?.once('data', () => child.kill(signal));
  });
}

/** A receiver of OTLP; answers its port. */
async function receiver(take: (resource: Resource, spans: readonly Span[]) => void) {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      for (const { resource, scopeSpans } of decodeTraces(Buffer.concat(parts)).resourceSpans) {
        for (const { spans } of scopeSpans) take(resource, spans);
      }
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  undo.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}
