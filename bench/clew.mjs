/**
 * Starts and ends the real `clew serve` on a temporary folder and free ports.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { listeners } from '@clew/translate';

const BIN = fileURLToPath(new URL('../packages/cli/bin/clew.js', import.meta.url));
const READY_MS_MAX = 60_000;

/**
 * @param {{ dataDir?: string, flags?: string[] }} options
 * @returns {Promise<{ pid: number, ui: string, otlpHttp: string, dataDir: string, readyMs: number, stop: () => Promise<void> }>}
 */
export async function startClew({ dataDir, flags = [] } = {}) {
  const dir = dataDir ?? mkdtempSync(join(tmpdir(), 'clew-bench-'));
  const start = performance.now();
  const free = [
    'ui',
    'tempo',
    'jaeger_query',
    'sampling',
    ...listeners.map(({ name }) => name),
  ].flatMap((name) => [
    `--listen.${name}`,
    name === 'ui' || name.startsWith('otlp') ? '127.0.0.1:0' : 'off',
  ]);
  const child = spawn(
    process.execPath,
    [BIN, 'serve', '--json', '--data-dir', dir, ...free, '--log.level', 'warn', ...flags],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const ready = await firstJsonLine(child, ended);
  const url = (name) => ready.listeners[name].url;
  return {
    pid: child.pid,
    ui: url('ui'),
    otlpHttp: url('otlp_http'),
    dataDir: dir,
    readyMs: performance.now() - start,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      if (!dataDir) rmSync(dir, { recursive: true, force: true });
    },
  };
}

function firstJsonLine(child, ended) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error('clew serve was not ready in time')),
      READY_MS_MAX,
    );
    createInterface({ input: child.stdout }).once('line', (line) => {
      clearTimeout(timer);
      resolve(JSON.parse(line));
    });
    ended.then((code) => reject(new Error(`clew serve ended with ${code} before it was ready`)));
  });
}
