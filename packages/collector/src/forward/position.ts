/**
 * How far a destination has come, kept on disk: everything before a position was delivered or given up.
 *
 * Written now and then, not at every step, so a crash sends a little of it again: at least once.
 */
import { open, readFile, rename } from 'node:fs/promises';

export interface Position {
  readonly segment: bigint;
  /** Bytes of that segment that are done with. */
  readonly offset: number;
  /** Spans among them, so that what is left of a segment can be counted when it is given up. */
  readonly spans: number;
}

/** Before everything. */
export const START: Position = { segment: 0n, offset: 0, spans: 0 };

export function isBefore(a: Position, b: Position): boolean {
  return a.segment < b.segment || (a.segment === b.segment && a.offset < b.offset);
}

/** Undefined when there is none yet; a damaged one is START: better again than never. */
export async function readPosition(path: string): Promise<Position | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return parse(text) ?? START;
}

function parse(text: string): Position | undefined {
  try {
    const { segment, offset, spans } = JSON.parse(text) as Record<string, unknown>;
    if (typeof segment !== 'string' || !/^\d{1,20}$/.test(segment)) return undefined;
    if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(spans)) return undefined;
    return { segment: BigInt(segment), offset: Number(offset), spans: Number(spans) };
  } catch {
    return undefined;
  }
}

/** Replaces the file at once; a reader sees the old one or the new one. */
export async function writePosition(path: string, position: Position): Promise<void> {
  const { segment, offset, spans } = position;
  const draft = `${path}.draft`;
  const file = await open(draft, 'w');
  try {
    await file.write(`${JSON.stringify({ segment: `${segment}`, offset, spans })}\n`);
    await file.datasync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}
