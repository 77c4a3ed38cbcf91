/**
 * How much may wait for the engine, and whether the disk has room: backpressure, before any write.
 *
 * Counts bytes; never touches a segment. What was acknowledged is never dropped to make room.
 */
import { statfs } from 'node:fs/promises';
import { CollectorError } from './errors.ts';
import { limits } from './limits.ts';

export interface SpoolBounds {
  /** Bytes on disk that the engine has not taken, and bytes on their way to disk. */
  readonly bytes: number;
  /** Counts bytes in, or throws SPOOL_FULL or DISK_FULL. */
  take(bytes: number): void;
  /** Counts bytes that are on disk already and cannot be refused, found at start. */
  adopt(bytes: number): void;
  /** Counts bytes out: loaded, or never written. */
  release(bytes: number): void;
  /** Looks at the free disk now; `onLow` runs when there is too little. */
  look(): Promise<void>;
  close(): void;
}

export interface BoundsOptions {
  readonly dir: string;
  readonly bytesMax: number;
  readonly diskFreeMin: number;
  /** Called when the disk runs low, to give back what is only kept for comfort. */
  readonly onLow: () => void;
}

export function createSpoolBounds(options: BoundsOptions): SpoolBounds {
  let bytes = 0;
  let freeBytes = Number.POSITIVE_INFINITY;

  async function look(): Promise<void> {
    try {
      const disk = await statfs(options.dir);
      freeBytes = disk.bavail * disk.bsize;
    } catch {
      // A disk that cannot be asked is not known to be full; the write itself will tell.
      freeBytes = Number.POSITIVE_INFINITY;
    }
    if (freeBytes < options.diskFreeMin) options.onLow();
  }

  const timer = setInterval(() => void look(), limits.diskLookMs).unref();
  return {
    get bytes() {
      return bytes;
    },
    take(count) {
      if (freeBytes < options.diskFreeMin) {
        throw new CollectorError('DISK_FULL', {
          reason: `${freeBytes} bytes are free, spool.disk_free_min is ${options.diskFreeMin}`,
        });
      }
      // A request larger than the whole bound is let in when nothing waits, or it could never pass.
      if (bytes > 0 && bytes + count > options.bytesMax) {
        throw new CollectorError('SPOOL_FULL', { found: bytes, limit: options.bytesMax });
      }
      bytes += count;
    },
    adopt(count) {
      bytes += count;
    },
    release(count) {
      bytes -= count;
    },
    look,
    close: () => clearInterval(timer),
  };
}
