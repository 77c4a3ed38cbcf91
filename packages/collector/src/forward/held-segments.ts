/**
 * Sealed segments that a destination still wants, held by a second name of the same file: the loader
 * unlinks or moves its own name whenever it likes, and no byte is copied.
 *
 * Never knows: destinations, how far they are.
 */
import { copyFile, link, mkdir, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';

export interface HeldSegment {
  readonly id: bigint;
  readonly path: string;
  readonly bytes: number;
  readonly spans: number;
  readonly requests: number;
}

export interface HeldSegments {
  /** Oldest first. */
  list(): readonly HeldSegment[];
  /** Holds a segment; holding it twice is holding it once. Rejects when the disk refuses. */
  hold(segment: HeldSource): Promise<void>;
  /** Lets go of every segment up to and with this id. */
  releaseTo(id: bigint): Promise<void>;
}

export interface HeldSource {
  readonly id: bigint;
  readonly path: string;
  readonly bytes: number;
  readonly spans: number;
  readonly requests: number;
}

/** Finds what an earlier run held. */
export async function openHeldSegments(dir: string): Promise<HeldSegments> {
  await mkdir(dir, { recursive: true });
  const held = await find(dir);
  return {
    list: () => held,
    async hold({ id, path: source, bytes, spans, requests }) {
      const isNewest = (held.at(-1)?.id ?? -1n) < id;
      if (!isNewest && held.some((one) => one.id === id)) return;
      const path = join(dir, `${id.toString().padStart(20, '0')}-${spans}-${requests}.segment`);
      await linkOrCopy(source, path);
      held.push({ id, path, bytes, spans, requests });
      // Segments come in the order of their ids but for those that recovery adds.
      if (!isNewest) held.sort((a, b) => (a.id < b.id ? -1 : 1));
    },
    async releaseTo(id) {
      while (held[0] !== undefined && held[0].id <= id) {
        const [oldest] = held.splice(0, 1);
        await unlink((oldest as HeldSegment).path).catch(() => undefined);
      }
    },
  };
}

/** Some network file systems know no second names; there the bytes are copied. */
async function linkOrCopy(source: string, path: string): Promise<void> {
  try {
    await link(source, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS' && code !== 'EMLINK') {
      throw error;
    }
    await copyFile(source, path);
  }
}

const NAME = /^(\d{20})-(\d+)-(\d+)\.segment$/;

async function find(dir: string): Promise<HeldSegment[]> {
  const found: HeldSegment[] = [];
  for (const name of (await readdir(dir)).sort()) {
    const [, id, spans, requests] = NAME.exec(name) ?? [];
    if (id === undefined) continue;
    const path = join(dir, name);
    const { size } = await stat(path);
    found.push({
      id: BigInt(id),
      path,
      bytes: size,
      spans: Number(spans),
      requests: Number(requests),
    });
  }
  return found;
}
