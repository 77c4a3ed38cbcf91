/**
 * The built `clew` as a user runs it: a child process, a temporary folder, ports that are free.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const clew = fileURLToPath(new URL('../bin/clew.js', import.meta.url));
const built = fileURLToPath(new URL('../dist/main.js', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Ready {
  readonly version: string;
  readonly pid: number;
  readonly startMs: number;
  readonly listeners: Readonly<Record<'ui' | 'otlp_http' | 'otlp_grpc', Listener>>;
}

interface Listener {
  readonly url: string;
  readonly host: string;
  readonly port: number;
}

export interface Running {
  readonly ready: Ready;
  readonly child: ChildProcess;
  /** From the spawn to the ready line, on the clock of the waiting process. */
  readonly startedInMs: number;
  readonly errText: () => string;
  /** SIGTERM; answers the exit code and how long it took. */
  readonly stop: () => Promise<{ code: number | null; ms: number }>;
}

/** Runs a command to its end. Everything that a developer's shell may hold is left out. */
export async function run(args: string[], options: { input?: Buffer; cwd?: string } = {}) {
  const child = start(args, options.cwd);
  const texts = collect(child);
  child.stdin?.end(options.input);
  const code = await ended(child);
  return { code, out: texts.out(), err: texts.err() } satisfies Finished;
}

/** `clew serve --json` on free ports, ready to be used. */
export async function serve(dataDir: string, more: string[] = []): Promise<Running> {
  const from = performance.now();
  const ports = ['ui', 'otlp_http', 'otlp_grpc'].flatMap((name) => [
    `--listen.${name}`,
    '127.0.0.1:0',
  ]);
  const child = start(['serve', '--json', '--data-dir', dataDir, ...ports, ...more]);
  const texts = collect(child);
  const line = await firstLine(child, texts);
  return {
    ready: JSON.parse(line) as Ready,
    child,
    startedInMs: performance.now() - from,
    errText: texts.err,
    stop: async () => {
      const begin = performance.now();
      child.kill('SIGTERM');
      return { code: await ended(child), ms: performance.now() - begin };
    },
  };
}

export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'clew-system-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Asks until the answer is right; for what is promised within two seconds. */
export async function eventually<T>(
  ask: () => Promise<T>,
  isRight: (answer: T) => boolean,
  msMax = 10_000,
): Promise<T> {
  const until = performance.now() + msMax;
  for (;;) {
    const answer = await ask();
    if (isRight(answer)) return answer;
    if (performance.now() > until) {
      throw new Error(`not in time: ${JSON.stringify(answer).slice(0, 500)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export function start(args: string[], cwd?: string): ChildProcess {
  if (!existsSync(built)) throw new Error(`${built} is missing: run npm run build first`);
  const kept = Object.entries(process.env).filter(
    // The last closes the ports that a test does not ask for; vitest.config.ts sets it.
    ([name]) =>
      ['PATH', 'HOME', 'TMPDIR', 'LANG'].includes(name) || name.startsWith('CLEW_LISTEN_'),
  );
  return spawn(process.execPath, [clew, ...args], {
    cwd: cwd ?? tmpdir(),
    env: Object.fromEntries(kept),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

export function collect(child: ChildProcess) {
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk) => {
    out += String(chunk);
  });
  child.stderr?.on('data', (chunk) => {
    err += String(chunk);
  });
  return { out: () => out, err: () => err };
}

export function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once('close', (code) => resolve(code)));
}

function firstLine(child: ChildProcess, texts: { out: () => string; err: () => string }) {
  return new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', () => {
      const at = texts.out().indexOf('\n');
      if (at >= 0) resolve(texts.out().slice(0, at));
    });
    child.once('close', (code) => {
      reject(new Error(`clew serve ended with ${code}: ${texts.err().slice(-2000)}`));
    });
  });
}
