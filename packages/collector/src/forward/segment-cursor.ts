/**
 * Where a destination reads: batch after batch, segment after segment, each file opened once.
 *
 * Never knows: what becomes of the batches.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { countAll } from './count-spans.ts';
import type { HeldSegment, HeldSegments } from './held-segments.ts';
import type { Position } from './position.ts';
import { type Batch, readBatch } from './read-batch.ts';

export interface ReadBatch extends Omit<Batch, 'end'> {
  /** The positions before and behind it. */
  readonly begin: Position;
  readonly end: Position;
  readonly spans: number;
}

export interface SegmentCursor {
  /** Undefined when all that is held was read. */
  next(): Promise<ReadBatch | undefined>;
  /** Goes on from there. */
  seek(position: Position): void;
  close(): Promise<void>;
}

export function createSegmentCursor(
  held: HeldSegments,
  batchBytes: number,
  start: Position,
): SegmentCursor {
  let at = start;
  let opened: { readonly id: bigint; readonly file: FileHandle } | undefined;

  async function close(): Promise<void> {
    const { file } = opened ?? {};
    opened = undefined;
    await file?.close();
  }

  async function fileOf({ id, path }: HeldSegment): Promise<FileHandle | undefined> {
    if (opened?.id === id) return opened.file;
    await close();
    try {
      opened = { id, file: await open(path, 'r') };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    return opened?.file;
  }

  return {
    async next() {
      for (;;) {
        const from = at;
        const segment = nextSegment(held.list(), from);
        if (segment === undefined) return undefined;
        const begun = segment.id === from.segment ? from : { offset: 0, spans: 0 };
        const file = await fileOf(segment);
        const batch =
          file === undefined ? undefined : await readBatch(file, begun.offset, batchBytes);
        // Somebody else decided meanwhile where to go on.
        if (at !== from) continue;
        if (batch === undefined) {
          at = { segment: segment.id, offset: segment.bytes, spans: segment.spans };
          continue;
        }
        const spans = countAll(batch.bodies);
        at = { segment: segment.id, offset: batch.end, spans: begun.spans + spans };
        return { ...batch, spans, begin: { ...begun, segment: segment.id }, end: at };
      }
    },
    seek(position) {
      at = position;
    },
    close,
  };
}

/** The first segment of which something is left behind the position. */
function nextSegment(
  segments: readonly HeldSegment[],
  { segment, offset }: Position,
): HeldSegment | undefined {
  return segments.find(({ id, bytes }) => id > segment || (id === segment && offset < bytes));
}
