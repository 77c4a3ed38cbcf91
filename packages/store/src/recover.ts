/**
 * Puts back what power loss tore. The engine sets torn parts aside at start without a word, and
 * ignores a replay under the token it remembers; so the parts are looked for, the segments that are
 * short are found by counting, and each comes back as a whole, through a table that no view listens
 * to: nothing derived counts twice. Derived tables that lost parts themselves are derived again.
 * Every step may be repeated: a crash in the middle is finished by the next start.
 * Never knows: where segments are kept, and for how long.
 */
import type { Engine } from './engine.ts';
import type { Segment } from './load.ts';
import { isDerived, type Rebuilt, rebuildDerived } from './rebuild.ts';
import { sqlText } from './sql-files.ts';
import type { RunOptions } from './statement.ts';

export type BrokenPart = {
  readonly table: string;
  /** Partition id: the hour of `spans` (`2026112100…` as epoch or digits), the day elsewhere. */
  readonly partition: string;
  readonly name: string;
  readonly reason: string;
  readonly bytes: number;
};

/** A loaded segment that is still on disk, and the spans that were acknowledged for it. */
export type KeptSegment = Segment & { readonly spans: number };

export type Recovery = {
  readonly broken: readonly BrokenPart[];
  /** Segments that were short and are whole again. */
  readonly replayed: readonly bigint[];
  readonly rowsRestored: number;
  /** Derived tables and the days that were derived again from the spans still there. */
  readonly rebuilt: readonly Rebuilt[];
  /** Torn parts of tables that nothing can derive (the ledger, colours): their rows are gone. */
  readonly gone: readonly BrokenPart[];
  /** Segments whose file does not hold the spans that were acknowledged: left as they were found. */
  readonly damaged: readonly bigint[];
};

const run: RunOptions = { secondsMax: 120, rowsMax: 1_000_000 };

/** Replicated tables fetch a lost part from another replica by themselves. */
const nothing: Recovery = {
  broken: [],
  replayed: [],
  rowsRestored: 0,
  rebuilt: [],
  gone: [],
  damaged: [],
};

/** @returns the parts that the engine set aside as broken, of every table */
export async function brokenParts(engine: Engine): Promise<BrokenPart[]> {
  const { rows } = await engine.rows<BrokenPart & { bytes: string }>(
    { text: sqlText('recover', 'broken_parts'), params: {} },
    run,
  );
  return rows.map((row) => ({ ...row, bytes: Number(row.bytes) }));
}

/** @returns rows in `spans` per segment; a segment without rows is there with 0 */
export async function segmentRowCounts(
  engine: Pick<Engine, 'rows'>,
  ids: readonly bigint[],
): Promise<Map<bigint, number>> {
  const counts = new Map(ids.map((id) => [id, 0]));
  if (ids.length === 0) return counts;
  const { rows } = await engine.rows<{ segment: string; rows: string }>(
    { text: sqlText('recover', 'segment_rows'), params: { segments: [...ids] } },
    run,
  );
  for (const row of rows) counts.set(BigInt(row.segment), Number(row.rows));
  return counts;
}

/**
 * Compares the segments that were loaded before this start with their rows, and puts back those
 * that are short. Call it at start, before anything is loaded, with every loaded segment still kept.
 * @returns what was found and done; empty lists when nothing was lost
 */
export async function replayLost(
  engine: Engine,
  segments: readonly KeptSegment[],
): Promise<Recovery> {
  const { place } = engine;
  if (place.kind === 'remote' && place.cluster) return nothing;
  const broken = await brokenParts(engine);
  const counts = await segmentRowCounts(
    engine,
    segments.map((segment) => segment.id),
  );
  const short = segments.filter((segment) => counts.get(segment.id) !== segment.spans);
  const replayed: bigint[] = [];
  const damaged: bigint[] = [];
  let rowsRestored = 0;
  for (const segment of short) {
    if (await restore(engine, segment)) {
      replayed.push(segment.id);
      rowsRestored += segment.spans - (counts.get(segment.id) ?? 0);
    } else damaged.push(segment.id);
  }
  const rebuilt = await rebuildDerived(engine, broken);
  for (const part of broken) await forget(engine, part);
  const gone = broken.filter((part) => part.table !== 'spans' && !isDerived(part.table));
  return { broken, replayed, rowsRestored, rebuilt, gone, damaged };
}

/**
 * Loads a segment aside, removes what is left of it, and attaches the whole.
 * @returns false when the file does not hold what was acknowledged; then nothing is changed
 */
async function restore(engine: Engine, segment: KeptSegment): Promise<boolean> {
  await recover(engine, 'staging_drop');
  await recover(engine, 'staging_create');
  const loaded = await engine.load(segment, { into: 'spans_restored' });
  if (loaded.rows === segment.spans) {
    await recover(engine, 'segment_delete', { segment: segment.id });
    await attachStaging(engine);
  }
  await recover(engine, 'staging_drop');
  return loaded.rows === segment.spans;
}

/** Moves the staged parts into `spans`. Attached parts pass no view and no deduplication. */
async function attachStaging(engine: Engine) {
  const { rows } = await engine.rows<{ partition: string }>(
    { text: sqlText('recover', 'staging_partitions'), params: {} },
    run,
  );
  for (const { partition } of rows) {
    if (!/^[\w-]+$/.test(partition)) throw new Error(`odd partition id ${partition}`);
    await engine.command({
      text: `alter table spans attach partition id '${partition}' from spans_restored`,
      params: {},
    });
  }
}

/** Drops the torn files, so that the next start does not find them again. */
async function forget(engine: Engine, part: BrokenPart) {
  await engine.command({
    text: `alter table ${part.table} drop detached part '${part.name}' settings allow_drop_detached = 1`,
    params: {},
  });
}

function recover(engine: Engine, name: string, params: Record<string, unknown> = {}) {
  return engine.command({ text: sqlText('recover', name), params });
}
