/**
 * Loads a segment that the engine refused as a whole: halves, and halves of those that are refused,
 * until each refused frame stands alone and goes to quarantine. Its neighbours are loaded.
 *
 * Every range has a token of its own, and what became of a range is written down before the next
 * is tried. So a crash anywhere goes on with the same steps: nothing is stored twice.
 */
import { readFile, unlink, writeFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { Engine } from '@clew/store';
import type { WalkLimits } from '@clew/wire';
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

/** The name of the note that says how far the bisecting of a segment has come. */
export function progressPath(segmentFile: string): string {
  return `${segmentFile}.bisect.json`;
}

/**
 * Loads everything that can be loaded and answers the segment as it is without the quarantined
 * frames. Throws what is no refusal of bytes (the engine went away): call it again then, and it goes
 * on where it was.
 */
export async function bisect(parts: BisectParts, segment: SealedSegment): Promise<SealedSegment> {
  const { bytes, frames } = await scanSegment(segment.path, parts.limits);
  const progress = await readProgress(segment.path);
  const work: Work = { ...parts, segment, bytes, frames, progress };
  const all = `0-${frames.length}`;
  if (progress.refused.length === 0) await note(work, 'refused', all);
  await loadRange(work, 0, frames.length);
  return without(segment, frames, new Set(progress.bad));
}

/** Ranges are `from-to`, frames count from 0. */
interface Progress {
  readonly refused: string[];
  readonly loaded: string[];
  /** Frames that stood alone and were refused. */
  readonly bad: number[];
}

interface Work extends BisectParts {
  readonly segment: SealedSegment;
  readonly bytes: Uint8Array;
  readonly frames: readonly ScannedFrame[];
  readonly progress: Progress;
}

async function loadRange(work: Work, from: number, to: number): Promise<void> {
  const range = `${from}-${to}`;
  const { refused, loaded, bad } = work.progress;
  if (from === to || loaded.includes(range)) return;
  if (to - from === 1) {
    if (!bad.includes(from)) await loadOrQuarantine(work, from);
    return;
  }
  if (!refused.includes(range)) {
    const reason = await tryRange(work, from, to);
    await note(work, reason === undefined ? 'loaded' : 'refused', range);
    if (reason === undefined) return;
  }
  const middle = (from + to) >> 1;
  await loadRange(work, from, middle);
  await loadRange(work, middle, to);
}

async function loadOrQuarantine(work: Work, index: number): Promise<void> {
  const reason = await tryRange(work, index, index + 1);
  if (reason === undefined) {
    await note(work, 'loaded', `${index}-${index + 1}`);
    return;
  }
  await quarantineFrame(work, index, reason);
  await note(work, 'bad', index);
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
  const { segment, frames, quarantine, ledger } = work;
  const { at, end, body, spans, listener, arrivedMs } = frames[index] as ScannedFrame;
  const facts = { segment: segment.id, at, bytes: body, reason, spans, listener, arrivedMs };
  await quarantine.put({ ...facts, isDamaged: false });
  const counts = { requests: 1, spans, bytes: end - at };
  await ledger.noteOnce(
    { outcome: 'quarantined', reason: 'refused-by-engine', listener, ...counts },
    `${segment.id}.quarantine.${at}`,
  );
}

async function readProgress(segmentFile: string): Promise<Progress> {
  try {
    return JSON.parse(await readFile(progressPath(segmentFile), 'utf8')) as Progress;
  } catch {
    // None yet, or torn by a crash: then everything is tried again, and the tokens keep it once.
    return { refused: [], loaded: [], bad: [] };
  }
}

/** Writes progress down before anything is built on it. */
async function note<K extends keyof Progress>(
  { progress, segment }: Work,
  what: K,
  which: Progress[K][number],
): Promise<void> {
  (progress[what] as Progress[K][number][]).push(which);
  await writeFile(progressPath(segment.path), JSON.stringify(progress), { flush: true });
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
