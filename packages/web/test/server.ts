/**
 * A real Clew for the screen tests: the built program on free ports, its data in a temporary folder.
 *
 * Never knows: what is tested.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { listeners } from '@clew/translate';

export type TestServer = {
  /** `http://127.0.0.1:…` of the user interface and the native API. */
  readonly url: string;
  readonly otlpHttp: string;
  /** Sends OTLP/JSON and resolves when it is acknowledged. */
  readonly send: (tracesData: object) => Promise<void>;
  readonly stop: () => Promise<void>;
};

type Ready = { readonly listeners: Readonly<Record<string, { readonly url: string }>> };

const program = fileURLToPath(new URL('../../cli/bin/clew.js', import.meta.url));
const app = fileURLToPath(new URL('../dist/app/index.html', import.meta.url));

/** A cold engine on a busy machine takes a few seconds. */
const readyMsMax = 60_000;

/** Starts a server without data. @throws when Clew was not built, or with what the server wrote when it did not start. */
export async function startServer(): Promise<TestServer> {
  if (!existsSync(app)) throw new Error(`${app} is missing: run \`npm run build\` first`);
  const dataDir = await mkdtemp(join(tmpdir(), 'clew-screen-'));
  const child = spawn(
    process.execPath,
    [
      program,
      'serve',
      '--json',
      ...['--data-dir', dataDir, '--log.level', 'warn'],
      ...['--listen.ui', '127.0.0.1:0', '--listen.otlp_http', '127.0.0.1:0'],
      ...['--listen.otlp_grpc', '127.0.0.1:0'],
      ...listeners
        .filter(({ name }) => !name.startsWith('otlp_'))
        .flatMap(({ name }) => [`--listen.${name}`, 'off']),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const stop = async () => {
    await end(child);
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const { listeners } = await readyLine(child);
    const otlpHttp = listeners['otlp_http']!.url;
    return { url: listeners['ui']!.url, otlpHttp, send: (data) => send(otlpHttp, data), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The first line of `--json` says where it listens. */
function readyLine(child: ChildProcess): Promise<Ready> {
  let said = '';
  child.stderr!.on('data', (bytes: Buffer) => {
    said += bytes.toString();
  });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`the server was not ready in ${readyMsMax} ms\n${said}`)),
      readyMsMax,
    );
    createInterface({ input: child.stdout! }).once('line', (line) => {
      clearTimeout(timer);
      resolve(JSON.parse(line) as Ready);
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`the server ended with ${code}\n${said}`));
    });
  });
}

async function send(otlpHttp: string, tracesData: object): Promise<void> {
  const response = await fetch(`${otlpHttp.replace(/\/$/, '')}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(tracesData),
  });
  if (!response.ok) throw new Error(`OTLP/HTTP ${response.status}: ${await response.text()}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await gone;
  clearTimeout(timer);
}
