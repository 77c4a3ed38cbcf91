/**
 * Rebuilds the window of repeats from the frames on disk, at start.
 *
 * A client that never saw its answer sends again within seconds, so the newest segments count: they
 * are read before the listeners open, older ones a moment later.
 */
import type { WalkLimits } from '@clew/wire';
import type { KeptSegment } from './kept.ts';
import type { Repeats } from './repeats.ts';
import { scanSegment } from './scan.ts';

/** Read before the listeners open: about 150,000 spans, a fifth of a second. */
const FIRST_BYTES = 64 * 1024 * 1024;

/** The answer to a repeat whose first answer is not known any more. */
const answer = { rejected: 0, message: '' };

/** Resolves when the newest are remembered; goes on with the others on its own. */
export async function rememberFound(
  repeats: Repeats,
  fingerprints: readonly string[],
  kept: readonly KeptSegment[],
  walk: WalkLimits,
): Promise<void> {
  for (const fingerprint of fingerprints) repeats.remember(fingerprint, answer);
  const newestFirst = [...kept].reverse();
  const rememberNext = async (bytesMax: number): Promise<void> => {
    let bytes = 0;
    for (let next = newestFirst.shift(); next !== undefined; next = newestFirst.shift()) {
      // It may have been removed meanwhile.
      const scan = await scanSegment(next.path, walk).catch(() => undefined);
      for (const { fingerprint } of scan?.frames ?? []) repeats.remember(fingerprint, answer);
      bytes += next.bytes;
      if (bytes >= bytesMax) return;
    }
  };
  await rememberNext(FIRST_BYTES);
  void rememberNext(Number.POSITIVE_INFINITY);
}
