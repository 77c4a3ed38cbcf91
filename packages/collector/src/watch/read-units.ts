/**
 * The requests that stand whole in a file behind a position, read a bounded piece at a time.
 *
 * Never knows: what becomes of them.
 */
import type { FileHandle } from 'node:fs/promises';
import { frameLength, nextUnit } from '@clew/translate';

export interface ReadUnit {
  readonly bytes: Uint8Array;
  /** Where the next one begins in the file. */
  readonly next: number;
}

/** Read at once; a request that is longer is read again in a piece of twice the size. */
const PIECE_BYTES = 1024 * 1024;

/** Ends where nothing whole is left. Throws a RangeError for a request of more than `bytesMax`. */
export async function* readUnits(
  file: FileHandle,
  position: number,
  form: 'lines' | 'frames',
  bytesMax: number,
): AsyncGenerator<ReadUnit> {
  let from = position;
  let size = Math.min(PIECE_BYTES, bytesMax);
  for (;;) {
    const piece = await readPiece(file, from, size);
    let at = 0;
    for (;;) {
      const unit = nextUnit(piece, at, form);
      if (unit === 'more') break;
      yield { bytes: piece.subarray(unit.start, unit.end), next: from + unit.next };
      at = unit.next;
    }
    if (at > 0) {
      from += at;
      size = Math.min(PIECE_BYTES, bytesMax);
      continue;
    }
    const isKnown = form === 'frames' && piece.length >= 4;
    if (isKnown && frameLength(piece, 0) > bytesMax) throw tooLong(frameLength(piece, 0), bytesMax);
    // The end of the file, for now.
    if (piece.length < size) return;
    if (size >= bytesMax) throw tooLong(size, bytesMax);
    size = Math.min(2 * size, bytesMax + 4);
  }
}

function tooLong(found: number, bytesMax: number): RangeError {
  return new RangeError(`a request of at least ${found} bytes, ${bytesMax} are allowed`);
}

export async function readPiece(file: FileHandle, from: number, size: number): Promise<Buffer> {
  const piece = Buffer.allocUnsafe(size);
  let length = 0;
  while (length < size) {
    const { bytesRead } = await file.read(piece, length, size - length, from + length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return piece.subarray(0, length);
}
