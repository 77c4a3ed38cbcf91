/**
 * Does the spool hold bytes of a trace that the engine has not taken yet?
 *
 * A reader by trace id asks before it makes everything pending load: under steady ingest something
 * always waits, and almost never for him. Looks for the sixteen bytes of the id in the files, which
 * were just written and lie in the page cache. Never knows: frames, spans.
 */
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { limits } from './limits.ts';
import { segmentId } from './segment.ts';

/** May say yes without need (bytes that look like the id, a spool too long to read), never no. */
export async function holdsTrace(dir: string, traceId: Uint8Array): Promise<boolean> {
  const names = (await readdir(dir)).filter((name) => segmentId(name) !== undefined).sort();
  let left = limits.holdsBytesMax;
  for (const name of names.reverse()) {
    const file = await openIfThere(join(dir, name));
    if (file === undefined) continue;
    try {
      const { size } = await file.stat();
      left -= size;
      if (left < 0 || (await contains(file, size, traceId))) return true;
    } finally {
      await file.close();
    }
  }
  return false;
}

/** A segment that was loaded between listing and opening is gone, and its rows can be read. */
async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function contains(file: FileHandle, size: number, wanted: Uint8Array): Promise<boolean> {
  const chunk = Buffer.allocUnsafe(Math.min(size, limits.holdsChunkBytes) + wanted.length);
  for (let at = 0; at < size; at += limits.holdsChunkBytes) {
    // Chunks overlap by the length of an id, so that one across a border is seen.
    const { bytesRead } = await file.read(chunk, 0, chunk.length, at);
    if (chunk.subarray(0, bytesRead).includes(wanted as Buffer)) return true;
  }
  return false;
}
