/**
 * How far each watched file was read, kept over restarts.
 *
 * A file is known by its number in the file system, so that it may be renamed when it is rotated. The positions are
 * written after the spool was synced: after a crash a file is read again from a little before, never from behind what
 * was kept. Never knows: what is in the files.
 */
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

export interface FilePosition {
  /** The name it had when it was last seen. */
  name: string;
  /** Bytes that were read and stored, or given up. */
  position: number;
  requests: number;
  errors: number;
  /** Nothing more is read: it was read whole, or cannot be read further. */
  isDone: boolean;
}

export interface Positions {
  /** By device and inode. */
  readonly files: Map<string, FilePosition>;
  save(): Promise<void>;
}

export async function openPositions(dir: string): Promise<Positions> {
  await mkdir(dir, { recursive: true });
  const path = join(dir, 'positions.json');
  const files = new Map<string, FilePosition>(Object.entries(await read(path)));
  return {
    files,
    async save() {
      const file = await open(`${path}.new`, 'w');
      try {
        await file.writeFile(JSON.stringify(Object.fromEntries(files)));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(`${path}.new`, path);
    },
  };
}

/** Without a readable file everything is read from its beginning: the window of repeats keeps what is recent single. */
async function read(path: string): Promise<Record<string, FilePosition>> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Record<string, FilePosition>;
  } catch {
    return {};
  }
}
