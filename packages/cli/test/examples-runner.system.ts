/**
 * `npm run example`: what it says to mistakes, and that nothing which it started outlives it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { collect, ended, eventually, withFolder } from './rig.ts';

const runner = fileURLToPath(new URL('../../../scripts/example.mjs', import.meta.url));

/** Where no Clew runs at the usual place: port 0 is nobody's. */
function play(args: string[], folder = '', PATH = process.env['PATH']): ChildProcess {
  const { HOME } = process.env;
  const closed = Object.entries(process.env).filter(([name]) => name.startsWith('CLEW_LISTEN_'));
  const free = { CLEW_LISTEN_UI: '127.0.0.1:0', CLEW_LISTEN_OTLP_HTTP: '127.0.0.1:0' };
  return spawn(process.execPath, [runner, ...args], {
    env: {
      ...Object.fromEntries(closed),
      ...free,
      CLEW_LISTEN_OTLP_GRPC: 'off',
      CLEW_DATA_DIR: join(folder, 'data'),
      PATH,
      HOME,
      // What a killed runner cannot remove goes with the folder of the test.
      TMPDIR: folder,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function isOpen(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}

describe('npm run example', () => {
  it.each([
    { args: [], says: 'Which example?' },
    { args: ['fizbuzz'], says: 'found "fizbuzz", wanted the name of an example' },
    { args: ['fizzbuzz', '--twice'], says: "Unknown option '--twice'" },
  ])('lists the examples when asked for $args', async ({ args, says }) => {
    const child = play(args);
    const { err } = collect(child);
    expect(await ended(child)).toBe(2);
    expect(err()).toContain(says);
    expect(err()).toMatch(/^ {2}tutorial {6}\S/m);
  });

  it('says so when the Clew that was named does not answer', async () => {
    const child = play(['tutorial', '--clew', 'http://127.0.0.1:1']);
    const { err } = collect(child);
    expect(await ended(child)).toBe(1);
    expect(err()).toContain('no Clew answers at http://127.0.0.1:1');
  });

  it('says what is missing, and that is no failure', async () => {
    await withFolder(async (folder) => {
      const child = play(['python', '--once', '--json'], folder, '');
      const { out } = collect(child);
      expect(await ended(child)).toBe(0);
      const { skipped } = JSON.parse(out()) as { skipped: string };
      expect(skipped).toMatch(/^the Python packages cannot be installed: .*python3/);
    });
  });

  // One is asked to end, the other gets no chance to.
  it.each(['SIGINT', 'SIGKILL'] as const)('%s ends services and server', async (signal) => {
    await withFolder(async (folder) => {
      const child = play(['fizzbuzz', '--json'], folder);
      const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
      const [line] = (await once(lines, 'line')) as [string];
      const { clew, urls } = JSON.parse(line) as { clew: string; urls: { hub: string } };
      const addresses = [urls.hub, clew];
      const open = () => Promise.all(addresses.map(isOpen));
      expect(await open()).toEqual([true, true]);
      child.kill(signal);
      expect(await ended(child)).toBe(signal === 'SIGINT' ? 0 : null);
      await eventually(open, (answers) => !answers.includes(true));
      // The server may still be closing its files.
      await rm(join(folder, 'data'), { recursive: true, force: true, maxRetries: 20 });
    });
  });
});
