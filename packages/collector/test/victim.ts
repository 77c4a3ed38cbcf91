/**
 * A collector in a process group of its own, for tests that kill it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Settings } from './rig.ts';

export interface Victim {
  readonly pid: number;
  readonly http: string;
  readonly grpc: string;
  /** By listener. */
  readonly urls: Readonly<Record<string, string>>;
  readonly enginePid: number;
  readonly startMs: number;
  /** What it logged so far, one line each. */
  readonly logged: readonly string[];
  isAlive(): boolean;
  /** Kills the whole group and waits until it is gone. */
  kill(): Promise<void>;
  /** Sends SIGTERM and answers the exit code. */
  terminate(): Promise<number | null>;
  /** Resolves when the process itself is gone. */
  readonly gone: Promise<void>;
}

const program = fileURLToPath(new URL('programs/collector.mjs', import.meta.url));

export interface VictimOptions {
  readonly settings?: Settings;
  readonly env?: Record<string, string>;
}

/** Starts the program and waits until it takes requests. */
export async function startVictim(dataDir: string, options: VictimOptions = {}): Promise<Victim> {
  const { settings = {}, env = {} } = options;
  const child = spawn(process.execPath, [program, dataDir, JSON.stringify(settings)], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '', ...env },
  });
  const logged: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => logged.push(line));
  const gone = once(child, 'exit').then(() => undefined);
  const ready = JSON.parse(await firstLine(child, gone, logged)) as Pick<
    Victim,
    'http' | 'grpc' | 'urls' | 'enginePid' | 'startMs'
  >;
  return {
    pid: child.pid as number,
    ...ready,
    logged,
    gone,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    async kill() {
      killGroup(child.pid as number);
      await gone;
      await ended(ready.enginePid);
    },
    async terminate() {
      child.kill('SIGTERM');
      await gone;
      return child.exitCode;
    },
  };
}

async function firstLine(
  child: ChildProcess,
  gone: Promise<void>,
  logged: readonly string[],
): Promise<string> {
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const line = await Promise.race([once(lines, 'line').then(([text]) => text as string), gone]);
  if (line === undefined) throw new Error(`the collector died at start: ${logged.join('\n')}`);
  return line;
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The whole group is gone already.
  }
}

/**
 * The engine's process ends a moment after it was killed, and until then nobody else can open its folder. One that only
 * waits to be reaped holds nothing any more. Where there is no /proc nothing is waited for.
 */
async function ended(pid: number): Promise<void> {
  const state = () => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z');
  for (let left = 500; left > 0 && !/\) [ZX]/.test(await state()); left -= 1) await sleep(10);
}
