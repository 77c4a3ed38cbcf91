/**
 * Loads a segment that the engine refused as a whole: halves, and halves of those that are refused,
 * until each refused frame stands alone and goes to quarantine. Its neighbours are loaded.
 *
 * Every range has a token of its own, and which ranges were refused is written down before their
 * halves are tried. So a crash anywhere repeats exactly the same steps: nothing is stored twice.
 */
import { readFile, unlink, writeFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { Engine } from '@clew/store';
import type { WalkLimits } from '@clew/wire';
import { crashPoint } from './crash-point.ts';
import type { Ledger } from './ledger.ts';
import { refusedBytes } from './load-errors.ts';
import type { Quarantine } from './quarantine.ts';
import { type ScannedFrame, scanSegment } from './scan.ts';
import type { SealedSegment } from './segment.ts';
import { createTally } from './tally.ts';

export interface BisectParts {
  readonly engine: Pick<Engine, 'load'>;
  readonly quarantine: Quarantine;
  readonly ledger: Ledger;
  readonly limits: WalkLimits;
}

/** The name of the note that says which ranges of a segment were refused. */
export function refusedRangesPath(segmentFile: string): string {
  return `${segmentFile}.refused.json`;
}

/**
 * Loads everything that can be loaded and answers the segment as it is without the quarantined
 * frames. Throws what is no refusal of bytes (the engine went away): call it again then.
 */
export async function bisect(parts: BisectParts, segment: SealedSegment): Promise<SealedSegment> {
  const { bytes, frames } = await scanSegment(segment.path, parts.limits);
  const refused = await readRefused(segment.path);
  const work: Work = { ...parts, segment, bytes, frames, refused, bad: new Set() };
  await note(work, `0-${frames.length}`);
  await loadRange(work, 0, frames.length);
  return without(segment, frames, work.bad);
}

interface Work extends BisectParts {
  readonly segment: SealedSegment;
  readonly bytes: Uint8Array;
  readonly frames: readonly ScannedFrame[];
  /** Ranges `from-to` that the engine refused. */
  readonly refused: Set<string>;
  /** Frames that stand alone refused. */
  readonly bad: Set<number>;
}

async function loadRange(work: Work, from: number, to: number): Promise<void> {
  if (from === to) return;
  const range = `${from}-${to}`;
  let reason = 'refused by the engine';
  if (!work.refused.has(range) || to - from === 1) {
    const refusal = await tryRange(work, from, to);
    if (refusal === undefined) return;
    reason = refusal;
    await note(work, range);
    crashPoint('during-bisect');
  }
  if (to - from === 1) {
    await quarantineFrame(work, from, reason);
    return;
  }
  const middle = (from + to) >> 1;
  await loadRange(work, from, middle);
  await loadRange(work, middle, to);
}

/** Loads the frames `from … to` from a file of their own; answers why they were refused. */
async function tryRange(work: Work, from: number, to: number): Promise<string | undefined> {
  const { engine, segment, bytes, frames } = work;
  const path = `${segment.path}.part`;
  const start = (frames[from] as ScannedFrame).at;
  const end = (frames[to - 1] as ScannedFrame).end;
  const part = bytes.subarray(start, end);
  await writeFile(path, part);
  try {
    // The checksum keeps a token from ever standing for two things, whatever happened to the file.
    const token = `${segment.id}.${from}-${to}.${crc32(part)}`;
    await engine.load({ id: segment.id, path, token });
    return undefined;
  } catch (error) {
    const refusal = refusedBytes(error);
    if (refusal === undefined) throw error;
    return refusal;
  } finally {
    await unlink(path);
  }
}

async function quarantineFrame(work: Work, index: number, reason: string): Promise<void> {
  const { segment, frames, bytes, quarantine, ledger } = work;
  const { at, end, spans, listener, arrivedMs } = frames[index] as ScannedFrame;
  const frame = bytes.subarray(at, end);
  const facts = { segment: segment.id, at, bytes: frame, reason, spans, listener, arrivedMs };
  await quarantine.put({ ...facts, isDamaged: false });
  await ledger.noteOnce(
    {
      outcome: 'quarantined',
      reason: 'refused-by-engine',
      listener,
      requests: 1,
      spans,
      bytes: frame.length,
    },
    `${segment.id}.quarantine.${at}`,
  );
  work.bad.add(index);
}

async function readRefused(segmentFile: string): Promise<Set<string>> {
  try {
    return new Set(JSON.parse(await readFile(refusedRangesPath(segmentFile), 'utf8')) as string[]);
  } catch {
    // None yet, or torn by a crash: then its last range is tried once more, which stores nothing.
    return new Set();
  }
}

async function note(work: Work, range: string): Promise<void> {
  if (work.refused.has(range)) return;
  work.refused.add(range);
  const text = JSON.stringify([...work.refused]);
  await writeFile(refusedRangesPath(work.segment.path), text, { flush: true });
}

function without(
  segment: SealedSegment,
  frames: readonly ScannedFrame[],
  bad: ReadonlySet<number>,
): SealedSegment {
  const tally = createTally();
  let spans = 0;
  frames.forEach((frame, index) => {
    if (bad.has(index)) return;
    spans += frame.spans;
    tally.add({ ...frame, bytes: frame.end - frame.at });
  });
  return { ...segment, spans, frames: frames.length - bad.size, tally };
}
