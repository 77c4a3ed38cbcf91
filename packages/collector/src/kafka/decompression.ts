/**
 * Compressed messages that the client library cannot read by itself: snappy in the framing of Java's clients and brokers,
 * and zstd where Node has none of its own (before 22.15).
 *
 * The library has one table of algorithms for the process; two of its rows are completed here, once.
 * Never knows: topics, what is in a message.
 */
import {
  type CompressionAlgorithmSpecification,
  compressionsAlgorithms,
} from '@platformatic/kafka';
import { limits } from '../limits.ts';
import { inflateZstdAtOnce } from '../receivers/zstd.ts';

type Compressed = Parameters<CompressionAlgorithmSpecification['decompressSync']>[0];

/** The library's own rows, which it declares as constant. */
const rows: Readonly<Record<'snappy' | 'zstd', CompressionAlgorithmSpecification>> =
  compressionsAlgorithms;

let isDone = false;

export function completeDecompression(): void {
  if (isDone) return;
  isDone = true;
  const { snappy, zstd } = rows;
  const plain = snappy.decompressSync.bind(snappy);
  snappy.decompressSync = (data) => unframedSnappy(bytesOf(data), plain);
  if (zstd.available) return;
  zstd.decompressSync = (data) => inflateZstdAtOnce(bytesOf(data), limits.kafkaInflatedBytesMax);
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
