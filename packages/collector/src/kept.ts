/**
 * Loaded segments that stay on disk for a while: should the engine find a part of them damaged, they
 * are loaded again, and from them the window of repeats is rebuilt after a restart.
 *
 * Bounded by age and bytes; the first to go when the disk runs low.
 */
import { mkdir, readdir, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';

export interface KeptSegment {
  readonly id: bigint;
  readonly path: string;
  /** What was acknowledged, and what the engine must hold of it. */
  readonly spans: number;
  readonly bytes: number;
  readonly loadedMs: number;
}

export interface KeptSegments {
  readonly bytes: number;
  /** Moves a loaded segment's file here. A move that power loss undoes is harmless: it loads twice as once. */
  keep(segment: Omit<KeptSegment, 'loadedMs'>): Promise<void>;
  /** Those on disk, oldest first. */
  list(): readonly KeptSegment[];
  /** Removes what is too old or too much. */
  trim(): Promise<void>;
  /** Removes everything, to give the disk room. */
  shed(): Promise<void>;
}

export interface KeptOptions {
  readonly dir: string;
  readonly keptForMs: number;
  readonly bytesMax: number;
  readonly nowMs: () => number;
}

/** Finds what an earlier run kept. */
export async function openKeptSegments(options: KeptOptions): Promise<KeptSegments> {
  const { dir, keptForMs, bytesMax, nowMs } = options;
  await mkdir(dir, { recursive: true });
  const kept = await find(dir);
  let bytes = kept.reduce((sum, segment) => sum + segment.bytes, 0);

  async function drop(): Promise<void> {
    const oldest = kept.shift();
    if (oldest === undefined) return;
    bytes -= oldest.bytes;
    await unlink(oldest.path).catch(() => undefined);
  }

  async function trim(): Promise<void> {
    const bornBeforeMs = nowMs() - keptForMs;
    while (kept[0] !== undefined && (bytes > bytesMax || kept[0].loadedMs <= bornBeforeMs)) {
      await drop();
    }
  }

  return {
    get bytes() {
      return bytes;
    },
    async keep(segment) {
      const { id, spans } = segment;
      const path = join(dir, `${id.toString().padStart(20, '0')}-${spans}.segment`);
      await rename(segment.path, path);
      kept.push({ id, path, spans, bytes: segment.bytes, loadedMs: nowMs() });
      bytes += segment.bytes;
      await trim();
    },
    list: () => kept,
    trim,
    async shed() {
      while (kept.length > 0) await drop();
    },
  };
}

/** The name carries the number of spans, so that a start need not read the file to compare. */
const NAME = /^(\d{20})-(\d+)\.segment$/;

async function find(dir: string): Promise<KeptSegment[]> {
  const found: KeptSegment[] = [];
  for (const name of (await readdir(dir)).sort()) {
    const [, id, spans] = NAME.exec(name) ?? [];
    if (id === undefined) continue;
    const path = join(dir, name);
    const { size, mtimeMs } = await stat(path);
    found.push({ id: BigInt(id), path, spans: Number(spans), bytes: size, loadedMs: mtimeMs });
  }
  return found;
}
