/**
 * Checks of the machine: Node, platform, memory, and the disk of the data directory.
 */
import { constants } from 'node:fs';
import { access, mkdtemp, open, rm, statfs } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { printSize } from '../terminal/numbers.ts';
import { bad, type Finding, good, warning } from './finding.ts';

export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 20 || (major === 20 && minor >= 19)
    ? good('node', version)
    : bad('node', version, 'install Node 20.19 or newer');
}

/** The embedded engine is shipped for these; a remote ClickHouse works from anywhere. */
const EMBEDDED_PLATFORMS: readonly string[] = [
  'linux-x64',
  'linux-arm64',
  'darwin-x64',
  'darwin-arm64',
];

export function checkPlatform(platform: string, isEmbedded: boolean): Finding {
  if (!isEmbedded || EMBEDDED_PLATFORMS.includes(platform)) return good('platform', platform);
  return bad(
    'platform',
    `${platform}: the embedded engine is not made for it`,
    'use a remote ClickHouse: --clickhouse.url http://host:8123',
  );
}

/** The engine may take its own limit, and receiving about half a GiB beside it. */
export function checkMemory(engineBytesMax: number): Finding {
  const total = totalmem();
  const wanted = engineBytesMax + 512 * 1024 * 1024;
  return total >= wanted
    ? good('memory', `${printSize(total)} in all`)
    : warning(
        'memory',
        `${printSize(total)} in all; the engine may take ${printSize(engineBytesMax)}`,
        'lower --engine.memory-bytes-max, or use a machine with more',
      );
}

/** The nearest folder that exists: a data directory may still have to be made. */
async function existing(path: string): Promise<string> {
  for (let at = resolve(path); ; at = dirname(at)) {
    try {
      await access(at, constants.F_OK);
      return at;
    } catch {
      if (dirname(at) === at) return at;
    }
  }
}

export async function checkDataDir(dataDir: string): Promise<Finding> {
  const folder = await existing(dataDir);
  const what = folder === resolve(dataDir) ? folder : `${resolve(dataDir)} (will be made)`;
  try {
    await access(folder, constants.W_OK | constants.X_OK);
    return good('data directory', what);
  } catch {
    return bad(
      'data directory',
      `${folder} cannot be written by this user`,
      'make it writable, or choose another folder: --data-dir DIR',
    );
  }
}

/** Room for a day at a few thousand spans per second; below it one should at least know. */
const DISK_FREE_LOW = 5 * 1024 ** 3;

export async function checkDiskSpace(dataDir: string, freeMin: number): Promise<Finding> {
  const { bavail, bsize } = await statfs(await existing(dataDir));
  const free = bavail * bsize;
  const found = `${printSize(free)} free`;
  if (free < freeMin) {
    const limit = printSize(freeMin);
    return bad('disk space', `${found}; below ${limit} senders are refused`, 'free some disk');
  }
  return free < DISK_FREE_LOW
    ? warning('disk space', found, 'a span takes about 60 bytes: see that this lasts')
    : good('disk space', found);
}

const SYNCS = 24;
/** Group commit waits for one sync at a time; slower ones show in the acknowledgement latency. */
const SYNC_MS_SLOW = 20;

/** Appends 64 KiB and syncs, as the spool does; answers median and slowest. */
export async function checkSync(dataDir: string): Promise<Finding> {
  let folder: string | undefined;
  try {
    folder = await mkdtemp(join(await existing(dataDir), '.clew-doctor-'));
    const times = (await syncTimes(join(folder, 'sync'))).sort((a, b) => a - b);
    const median = times[Math.floor(SYNCS / 2)] as number;
    const found = `median ${median.toFixed(1)} ms, slowest ${(times.at(-1) as number).toFixed(1)} ms`;
    return median <= SYNC_MS_SLOW
      ? good('disk sync', found)
      : warning(
          'disk sync',
          found,
          'acknowledgements wait for syncs: use a faster disk, or --spool.sync never where a power loss may cost the last seconds',
        );
  } catch (error) {
    return bad('disk sync', (error as Error).message, 'make the data directory writable');
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}

async function syncTimes(path: string): Promise<number[]> {
  const file = await open(path, 'a');
  const block = Buffer.alloc(64 * 1024, 1);
  const times: number[] = [];
  try {
    for (let at = 0; at < SYNCS; at++) {
      await file.write(block);
      const start = performance.now();
      await file.datasync();
      times.push(performance.now() - start);
    }
  } finally {
    await file.close();
  }
  return times;
}
