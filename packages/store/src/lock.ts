/**
 * One instance per data directory: a file that names the process holding it. The engine has a lock
 * of its own, but it guards only its own files, speaks of none of them by name, and is free again
 * while a host restarts.
 */
import { closeSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DataDirectoryTaken } from './errors.ts';

type Holder = { readonly pid: number; readonly started: string };

const fileName = 'instance.lock';

/**
 * Takes the directory for this process; a lock whose process is gone is taken over.
 * @returns the function that gives it back
 * @throws DataDirectoryTaken naming the process that holds it
 */
export function lockDataDirectory(directory: string): () => void {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, fileName);
  const own: Holder = { pid: process.pid, started: startedAt(process.pid) };
  for (let attempt = 0; attempt < 5; attempt++) {
    if (claim(path, own)) return () => release(path, own);
    const holder = readHolder(path);
    if (holder && isAlive(holder)) throw taken(directory, holder);
    // Stale. Of two that remove it at once, one wins the next claim and the other sees it alive.
    rmSync(path, { force: true });
  }
  throw new DataDirectoryTaken(
    `the lock ${path} changes hands too quickly: start one instance only`,
  );
}

/** Writes the claim beside the lock and links it into place, so that nobody reads half a claim. */
function claim(path: string, own: Holder): boolean {
  const draft = `${path}.${own.pid}`;
  const file = openSync(draft, 'w');
  writeSync(file, JSON.stringify(own));
  closeSync(file);
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function release(path: string, own: Holder): void {
  const holder = readHolder(path);
  if (holder?.pid === own.pid && holder.started === own.started) rmSync(path, { force: true });
}

function readHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

function isAlive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it lives, under another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const started = startedAt(holder.pid);
  return started === '' || holder.started === '' || started === holder.started;
}

/** Start time of a process in clock ticks since boot; tells a reused pid. '' where /proc is absent. */
function startedAt(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Field 22; the command name in field 2 may hold spaces, so count from its closing bracket.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function taken(directory: string, holder: Holder): DataDirectoryTaken {
  return new DataDirectoryTaken(
    `the data directory ${directory} is in use by process ${holder.pid}: ` +
      'stop that instance, or start this one with another --data-dir',
  );
}
