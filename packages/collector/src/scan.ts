/**
 * Reads a segment as recovery must: frame by frame, trusting nothing.
 *
 * A frame counts only when its checksum holds. Never knows: the engine, what becomes of the finds.
 */
import { readFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { readFrames, type WalkLimits, walkTraces } from '@clew/wire';
import { fingerprint } from './repeats.ts';

/** A whole frame and what its request was. */
export interface ScannedFrame {
  readonly at: number;
  readonly end: number;
  /** The request between length and trailer, a view into the segment. */
  readonly body: Uint8Array;
  readonly spans: number;
  readonly tenant: string;
  readonly listener: string;
  readonly arrivedMs: number;
  readonly fingerprint: string;
}

/** Bytes between frames that are no frame. */
export interface Damage {
  readonly at: number;
  readonly end: number;
  readonly reason: string;
}

export interface Scan {
  readonly bytes: Uint8Array;
  readonly frames: readonly ScannedFrame[];
  readonly damage: readonly Damage[];
  /** Where a cut-off last write begins; undefined when the file ends with a frame. */
  readonly tornAt: number | undefined;
}

/** Reads the whole file; a segment is at most some 100 MiB. */
export async function scanSegment(path: string, limits: WalkLimits): Promise<Scan> {
  const bytes = await readFile(path);
  const frames: ScannedFrame[] = [];
  const damage: Damage[] = [];
  let tornAt: number | undefined;
  for (const found of readFrames(bytes, crc32)) {
    if (found.state === 'whole') {
      const { at, end, body, tenant, listener, arrivedMs } = found;
      const walk = walkTraces(body, limits, arrivedMs);
      const print = fingerprint(body, crc32(body), walk);
      const facts = { tenant, listener, arrivedMs, spans: walk.spans, fingerprint: print };
      frames.push({ at, end, body, ...facts });
    } else if (found.state === 'damaged' || endsWithItsLength(bytes, found.at)) {
      damage.push({ at: found.at, end: found.end, reason: found.reason });
    } else {
      tornAt = found.at;
    }
  }
  return { bytes, frames, damage, tornAt };
}

/**
 * Whether the length at `at` leads exactly to the end of the file: then the last frame was written
 * whole and damaged later, which must be told and kept, and is not a torn write to be cut.
 */
function endsWithItsLength(bytes: Uint8Array, at: number): boolean {
  let length = 0;
  for (let i = 0; i < 5 && at + i < bytes.length; i += 1) {
    const byte = bytes[at + i] as number;
    length += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return length > 0 && at + i + 1 + length === bytes.length;
  }
  return false;
}
