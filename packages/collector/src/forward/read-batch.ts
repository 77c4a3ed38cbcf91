/**
 * Reads a segment a batch at a time: the bodies of whole frames, without our own fields behind them.
 *
 * The bodies are what was received; put one behind the other they are one valid request, because
 * protobuf concatenation is merge. A frame counts only when its checksum holds.
 */
import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { readFrames } from '@clew/wire';
import { takePooled } from '../receivers/body-pool.ts';

export interface Batch {
  /** One directly behind the other in one buffer. */
  readonly bodies: readonly Uint8Array[];
  /** Of the bodies together. */
  readonly bytes: number;
  /** Where the next batch begins in the file. */
  readonly end: number;
  /** Bytes that are no frame and were passed over. */
  readonly damagedBytes: number;
  /** Gives the buffer back. Nobody may look at the bodies afterwards. */
  readonly release: () => void;
}

/** The length before a frame takes at most five bytes. */
const HEAD_BYTES_MAX = 5;

/**
 * Reads about `bytesMax` from `at` on, at least one frame; undefined at the end of the file. The
 * same arguments give the same batch: after a crash a destination that remembers requests knows them.
 */
export async function readBatch(
  file: FileHandle,
  at: number,
  bytesMax: number,
): Promise<Batch | undefined> {
  const size = (await file.stat()).size;
  if (at >= size) return undefined;
  let piece = await read(file, at, Math.min(Math.max(bytesMax, HEAD_BYTES_MAX), size - at));
  let end = wholeFramesEnd(piece.bytes);
  if (end === 0) {
    // One frame larger than a batch, or a length that leads nowhere: then all the rest is looked at.
    const wanted = firstFrameEnd(piece.bytes) ?? size - at;
    piece.release();
    piece = await read(file, at, Math.min(wanted, size - at));
    end = piece.bytes.length;
  }
  const found = framesOf(piece, at, end);
  if (found.damagedBytes === 0 || at + end === size) return found;
  // Where a frame is damaged the lengths cannot be trusted to end with a whole one.
  found.release();
  return framesOf(await read(file, at, size - at), at, size - at, bytesMax);
}

/** Buffers are used again and again: a fresh one costs more than what is read into it. */
async function read(file: FileHandle, at: number, length: number): Promise<Piece> {
  const pooled = takePooled(length);
  const bytes = pooled?.bytes ?? Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, at + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return { bytes: bytes.subarray(0, filled), release: () => pooled?.release() };
}

interface Piece {
  readonly bytes: Buffer;
  readonly release: () => void;
}

/** Where the frame at `at` ends by its length; undefined when the length itself is cut off. */
function firstFrameEnd(bytes: Uint8Array, at = 0): number | undefined {
  let length = 0;
  for (let i = 0; i < HEAD_BYTES_MAX && at + i < bytes.length; i += 1) {
    const byte = bytes[at + i] as number;
    length += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return at + i + 1 + length;
  }
  return undefined;
}

/** Where the last frame ends that is there as a whole, by the lengths alone. */
function wholeFramesEnd(bytes: Uint8Array): number {
  let at = 0;
  for (;;) {
    const end = firstFrameEnd(bytes, at);
    if (end === undefined || end > bytes.length) return at;
    at = end;
  }
}

/**
 * The frames among the first `length` bytes. Their bodies are moved together at the beginning of
 * the buffer, over heads and trailers that were read already.
 */
function framesOf(
  { bytes, release }: Piece,
  at: number,
  length: number,
  bytesMax = Number.POSITIVE_INFINITY,
): Batch {
  const bodies: Uint8Array[] = [];
  let [sum, end, damagedBytes] = [0, 0, 0];
  for (const found of readFrames(bytes.subarray(0, length), crc32)) {
    if (sum >= bytesMax) break;
    end = found.end;
    if (found.state !== 'whole') {
      damagedBytes += found.end - found.at;
      continue;
    }
    const from = found.body.byteOffset - bytes.byteOffset;
    bytes.copyWithin(sum, from, from + found.body.length);
    bodies.push(bytes.subarray(sum, sum + found.body.length));
    sum += found.body.length;
  }
  return { bodies, bytes: sum, end: at + end, damagedBytes, release };
}
