/**
 * Compressed messages that the client library cannot read by itself: snappy in the framing of Java's clients and brokers,
 * and zstd where Node has none of its own (before 22.15). And a bound for those forms that make much of little: gzip and
 * zstd; of the others a byte becomes 255 at most.
 *
 * The library has one table of algorithms for the process; three of its rows are completed here, once.
 * Never knows: topics, what is in a message.
 */
import zlib from 'node:zlib';
import {
  type CompressionAlgorithmSpecification,
  compressionsAlgorithms,
} from '@platformatic/kafka';
import { limits } from '../limits.ts';
import { inflateZstdAtOnce } from '../receivers/zstd.ts';

type Compressed = Parameters<CompressionAlgorithmSpecification['decompressSync']>[0];

/** The library's own rows, which it declares as constant. */
const rows: Readonly<Record<'gzip' | 'snappy' | 'zstd', CompressionAlgorithmSpecification>> =
  compressionsAlgorithms;

/** Node's own, from 22.15 on. */
type Inflate = (data: Buffer, options: { maxOutputLength: number }) => Buffer;
const { zstdDecompressSync } = zlib as { readonly zstdDecompressSync?: Inflate };

let isDone = false;

/** `bytesMax` is the most that messages which were compressed together may come to. */
export function completeDecompression(bytesMax = limits.kafkaInflatedBytesMax): void {
  if (isDone) return;
  isDone = true;
  const { gzip, snappy, zstd } = rows;
  const plain = snappy.decompressSync.bind(snappy);
  const bound = { maxOutputLength: bytesMax };
  gzip.decompressSync = (data) => zlib.gunzipSync(bytesOf(data), bound);
  snappy.decompressSync = (data) => unframedSnappy(bytesOf(data), plain);
  zstd.decompressSync = (data) =>
    zstdDecompressSync?.(bytesOf(data), bound) ?? inflateZstdAtOnce(bytesOf(data), bytesMax);
}

function bytesOf(data: Compressed): Buffer {
  return Buffer.isBuffer(data) ? data : data.slice();
}

/** https://github.com/xerial/snappy-java: a magic, two versions, then blocks, each behind its length. */
const MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const HEADER_BYTES = 16;
const LENGTH_BYTES = 4;

/** Both forms that clients write; `plain` inflates one block. @throws Error when a block is cut short. */
export function unframedSnappy(data: Buffer, plain: (block: Buffer) => Buffer): Buffer {
  if (!data.subarray(0, MAGIC.length).equals(MAGIC)) return plain(data);
  const blocks: Buffer[] = [];
  for (let at = HEADER_BYTES; at < data.length; ) {
    const length = at + LENGTH_BYTES <= data.length ? data.readUInt32BE(at) : data.length;
    const end = at + LENGTH_BYTES + length;
    if (end > data.length) throw new Error(`a snappy block is cut short at byte ${at}`);
    blocks.push(plain(data.subarray(at + LENGTH_BYTES, end)));
    at = end;
  }
  return Buffer.concat(blocks);
}
