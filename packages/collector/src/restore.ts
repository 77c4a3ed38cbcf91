/**
 * Puts back what the engine lost of loaded segments: `store` compares and replays, this says so.
 *
 * On a cluster nothing is done: there the replicas are what puts a part back, and counts that lag
 * behind would look like a loss.
 */
import { type Engine, replayLost } from '@clew/store';
import type { KeptSegment } from './kept.ts';
import type { Log } from './log.ts';
import type { Counters } from './metrics.ts';
import type { SealedSegment } from './segment.ts';

export interface RestoreParts {
  readonly engine: Engine;
  readonly log: Log;
  readonly nowMs: () => number;
  readonly counters: Counters;
}

/** Once per start, before anything is loaded: every kept segment against its rows. */
export async function restoreLost(
  { engine, log, nowMs, counters }: RestoreParts,
  kept: readonly KeptSegment[],
): Promise<void> {
  if (isCluster(engine)) return;
  const epoch = nowMs();
  const segments = kept.map((one) => ({ ...one, token: `${one.id}#r${epoch}` }));
  const { broken, replayed, rowsRestored, damaged, gone } = await replayLost(engine, segments);
  counters.segmentsReplayed += replayed.length;
  if (broken.length + replayed.length + damaged.length === 0) return;
  log('error', 'the engine had lost parts', {
    parts: broken.map(({ table, name, reason }) => `${table} ${name} ${reason}`),
    segmentsReplayed: replayed.length,
    rowsRestored,
    segmentsDamaged: damaged.map(String),
    partsGone: gone.map(({ table, name }) => `${table} ${name}`),
  });
}

/**
 * One segment right after its load, when the engine holds another number of rows than it has spans:
 * it lost a part and still remembers the token, so the load was swallowed.
 */
export async function restoreShort(
  { engine, log, nowMs, counters }: RestoreParts,
  { id, path, spans }: SealedSegment,
  rows: number,
): Promise<void> {
  const facts = { segment: `${id}`, spans, rows };
  if (isCluster(engine)) {
    log('warn', 'the cluster does not show all rows of a segment yet', facts);
    return;
  }
  log('error', 'the engine swallowed a segment, loading it again', facts);
  const token = `${id}#r${nowMs()}`;
  const { replayed, damaged } = await replayLost(engine, [{ id, path, spans, token }]);
  counters.segmentsReplayed += replayed.length;
  if (damaged.length > 0) log('error', 'a segment does not hold what was acknowledged', facts);
}

function isCluster({ place }: Engine): boolean {
  return place.kind === 'remote' && Boolean(place.cluster);
}
