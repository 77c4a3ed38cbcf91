/**
 * What a start does about the end of the run before: cuts torn tails, sets damaged frames aside, and
 * answers the segments that still have to be loaded.
 *
 * Safe to be interrupted and repeated at any point. Never knows: the engine.
 */
import { open, readdir, rename, truncate, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { WalkLimits } from '@clew/wire';
import { progressPath } from './bisect.ts';
import type { Ledger } from './ledger.ts';
import type { Log } from './log.ts';
import type { Counters } from './metrics.ts';
import type { Quarantine } from './quarantine.ts';
import { type Scan, scanSegment } from './scan.ts';
import { type SealedSegment, segmentId, syncFolder } from './segment.ts';
import { createTally } from './tally.ts';

export interface RecoveryParts {
  readonly dir: string;
  readonly limits: WalkLimits;
  readonly quarantine: Quarantine;
  readonly ledger: Ledger;
  readonly counters: Counters;
  readonly log: Log;
}

export interface Recovered {
  /** Oldest first, numbered from 1 on. */
  readonly segments: readonly SealedSegment[];
  readonly frames: number;
  /** Of every frame found, for the window of repeats. */
  readonly fingerprints: readonly string[];
}

export async function recoverSpool(parts: RecoveryParts): Promise<Recovered> {
  const names = (await readdir(parts.dir)).sort();
  await removeLeftovers(parts.dir, names);
  const segments: SealedSegment[] = [];
  const fingerprints: string[] = [];
  let frames = 0;
  for (const name of names) {
    const id = segmentId(name);
    if (id === undefined) continue;
    const path = join(parts.dir, name);
    const scan = await scanSegment(path, parts.limits);
    await repair(parts, id, path, scan);
    if (scan.frames.length === 0) {
      await unlink(path);
      continue;
    }
    frames += scan.frames.length;
    segments.push(sealed(id, path, scan, frames));
    for (const { fingerprint } of scan.frames) fingerprints.push(fingerprint);
  }
  if (segments.length > 0) {
    parts.log('info', 'found segments that were not loaded', { segments: segments.length, frames });
  }
  return { segments, frames, fingerprints };
}

/** Files that only mean something while the process that wrote them lives, or beside their segment. */
async function removeLeftovers(dir: string, names: readonly string[]): Promise<void> {
  const there = new Set(names);
  const suffix = progressPath('');
  for (const name of names) {
    const isAlone = name.endsWith(suffix) && !there.has(name.slice(0, -suffix.length));
    if (name.endsWith('.part') || name.endsWith('.draft') || isAlone) await unlink(join(dir, name));
  }
}

async function repair(
  parts: RecoveryParts,
  id: bigint,
  path: string,
  { bytes, frames, damage, tornAt }: Scan,
): Promise<void> {
  for (const { at, end, reason } of damage) {
    const frame = bytes.subarray(at, end);
    await parts.quarantine.put({ segment: id, at, bytes: frame, reason, isDamaged: true });
    parts.ledger.note({
      outcome: 'quarantined',
      reason: 'damaged-on-disk',
      listener: '',
      requests: 1,
      spans: 0,
      bytes: frame.length,
    });
  }
  if (tornAt !== undefined) {
    const tornBytes = bytes.length - tornAt;
    parts.counters.tornBytes += tornBytes;
    parts.log('warn', 'torn end of a segment cut', { segment: `${id}`, at: tornAt, tornBytes });
  }
  if (damage.length > 0) {
    await rewrite(
      path,
      frames.map(({ at, end }) => bytes.subarray(at, end)),
    );
  } else if (tornAt !== undefined) {
    await truncate(path, tornAt);
    await syncFile(path);
  }
}

/** Puts the whole frames in the place of the file, at once. */
async function rewrite(path: string, frames: readonly Uint8Array[]): Promise<void> {
  const draft = `${path}.draft`;
  const handle = await open(draft, 'w');
  try {
    for (const frame of frames) await handle.write(frame);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, path);
  await syncFolder(join(path, '..'));
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function sealed(id: bigint, path: string, { frames }: Scan, lastSeq: number): SealedSegment {
  const tally = createTally();
  let spans = 0;
  let bytes = 0;
  for (const frame of frames) {
    const size = frame.end - frame.at;
    tally.add({ ...frame, bytes: size });
    spans += frame.spans;
    bytes += size;
  }
  return { id, path, bytes, frames: frames.length, spans, lastSeq, tally };
}
