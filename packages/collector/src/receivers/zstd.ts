/**
 * zstd: Node's own where it has one (22.15 and newer), otherwise `fzstd`, frame by frame.
 *
 * `fzstd` believes a frame's header: it allocates the window that is claimed and moves the whole
 * window for every block. So the headers are read here first, and a frame that asks for too much
 * window, or for too much work, is refused before anything is allocated. RFC 8878 §3.1.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { Decompress } from 'fzstd';
import { CollectorError } from '../errors.ts';
import { limits } from '../limits.ts';
import { tooMuch } from './inflate.ts';

/** The part of newer Nodes' zlib that @types/node 20 does not know. */
interface ZlibWithZstd {
  zstdDecompress?: (
    body: Uint8Array,
    options: { maxOutputLength: number },
    done: (error: Error | null, result: Buffer) => void,
  ) => void;
}

const native = (zlib as unknown as ZlibWithZstd).zstdDecompress;
const inflateNative = native === undefined ? undefined : promisify(native);

/** Inflates one or more zstd frames up to `ceiling` bytes in all. */
export async function inflateZstd(
  body: Uint8Array,
  ceiling: number,
  bytesMax: number,
): Promise<Uint8Array> {
  const frames = readFrames(body, bytesMax);
  if (inflateNative !== undefined) return inflateNative(body, { maxOutputLength: ceiling });
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (const frame of frames) {
    const stream = new Decompress((chunk) => {
      bytes += chunk.length;
      if (bytes > ceiling) throw tooMuch(ceiling, bytesMax);
      // A block is a view of memory that fzstd does not touch again.
      chunks.push(chunk);
    });
    for (let at = 0; at < frame.length; at += SLICE_BYTES) {
      const slice = frame.subarray(at, at + SLICE_BYTES);
      stream.push(slice, at + SLICE_BYTES >= frame.length);
      if (frame.length > SLICE_BYTES) await nextTurn();
    }
  }
  return Buffer.concat(chunks, bytes);
}

/** The same by `fzstd` without a pause, for callers that cannot wait; `bytesMax` is the most that may come out. */
export function inflateZstdAtOnce(body: Uint8Array, bytesMax: number): Buffer {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (const frame of readFrames(body, bytesMax)) {
    const stream = new Decompress((chunk) => {
      bytes += chunk.length;
      if (bytes > bytesMax) throw tooMuch(bytesMax, bytesMax);
      chunks.push(chunk);
    });
    stream.push(frame, true);
  }
  return Buffer.concat(chunks, bytes);
}

/** Pushed at once between two looks at other requests. */
const SLICE_BYTES = 256 * 1024;

const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;

/** The data frames of a body, without those to skip; throws where a header asks for too much. */
function readFrames(body: Uint8Array, bytesMax: number): Uint8Array[] {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const frames: Uint8Array[] = [];
  let work = 0;
  let at = 0;
  while (at < body.length) {
    const magic = view.getUint32(at, true);
    if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE) {
      at += 8 + view.getUint32(at + 4, true);
      continue;
    }
    if (magic !== MAGIC) throw new Error(`no zstd frame at byte ${at}`);
    const header = readHeader(view, at);
    if (header.windowBytes > limits.zstdWindowBytesMax) {
      const facts = { found: header.windowBytes, limit: limits.zstdWindowBytesMax };
      throw new CollectorError('ZSTD_WINDOW_TOO_LARGE', facts);
    }
    const { end, blocks } = readBlocks(view, at + header.bytes);
    work += (blocks + 1) * header.windowBytes;
    if (work > limits.zstdWorkPerLimit * bytesMax) {
      throw new CollectorError('BODY_INFLATES_TOO_FAR', { ratio: limits.inflateRatioMax });
    }
    const next = end + (header.hasChecksum ? 4 : 0);
    frames.push(body.subarray(at, next));
    at = next;
  }
  if (at > body.length) throw new Error('the last zstd frame is cut short');
  return frames;
}

interface FrameHeader {
  readonly bytes: number;
  readonly windowBytes: number;
  readonly hasChecksum: boolean;
}

/** RFC 8878 §3.1.1.1: descriptor, window, dictionary id, content size. */
function readHeader(view: DataView, at: number): FrameHeader {
  const descriptor = view.getUint8(at + 4);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] as number;
  const sizeFlag = descriptor >> 6;
  const sizeBytes = sizeFlag === 0 ? (isSingleSegment ? 1 : 0) : 1 << sizeFlag;
  const sizeAt = at + 5 + (isSingleSegment ? 0 : 1) + dictionaryBytes;
  return {
    bytes: sizeAt + sizeBytes - at,
    windowBytes: isSingleSegment
      ? contentSize(view, sizeAt, sizeBytes)
      : windowSize(view.getUint8(at + 5)),
    hasChecksum: (descriptor & 4) !== 0,
  };
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function contentSize(view: DataView, at: number, bytes: number): number {
  if (bytes === 1) return view.getUint8(at);
  if (bytes === 2) return view.getUint16(at, true) + 256;
  if (bytes === 4) return view.getUint32(at, true);
  return Number(view.getBigUint64(at, true));
}

/** Walks the block headers of a frame: where it ends and how many blocks it has. */
function readBlocks(view: DataView, start: number): { end: number; blocks: number } {
  let at = start;
  for (let blocks = 1; ; blocks++) {
    const header = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
    const isRunLength = ((header >> 1) & 3) === 1;
    at += 3 + (isRunLength ? 1 : header >> 3);
    if (at > view.byteLength) throw new Error('a zstd block is cut short');
    if ((header & 1) === 1) return { end: at, blocks };
  }
}
