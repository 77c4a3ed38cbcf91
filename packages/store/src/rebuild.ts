/**
 * Derives the rows of a derived table again from the spans that are still stored, with the very
 * text of the view that feeds it, so that the two cannot differ.
 */
import { randomUUID } from 'node:crypto';
import type { Engine } from './engine.ts';
import type { BrokenPart } from './recover.ts';
import { sqlText } from './sql-files.ts';

/**
 * The tables fed by views. `time` is the column by which rows of an hour are removed before they are
 * derived again. A table without one takes the rows once more: trace_ix keeps a minimum and a
 * maximum, which a repetition does not change, and attribute_catalogue an estimate, whose keys
 * matter more than its counts.
 */
const derived: Readonly<Record<string, { view: string; time?: string }>> = {
  trace_ix: { view: 'trace_ix_mv' },
  span_metrics: { view: 'span_metrics_mv', time: 'minute' },
  operations: { view: 'operations_mv', time: 'hour' },
  attribute_catalogue: { view: 'attribute_catalogue_mv' },
};

const hourMs = 3_600_000;

export type Rebuilt = { readonly table: string; readonly day: string };

export function isDerived(table: string): boolean {
  return table in derived;
}

/**
 * Rebuilds every day of a derived table that lost a part. Hours whose spans have aged out keep the
 * rows they have.
 */
export async function rebuildDerived(
  engine: Pick<Engine, 'rows' | 'command'>,
  broken: readonly BrokenPart[],
): Promise<Rebuilt[]> {
  const lost = new Map<string, Rebuilt>();
  for (const part of broken) {
    if (!isDerived(part.table)) continue;
    lost.set(`${part.table} ${part.partition}`, { table: part.table, day: isoDay(part.partition) });
  }
  for (const { table, day } of lost.values()) await rebuildDay(engine, table, day);
  return [...lost.values()];
}

/** Rebuilds one UTC day (`2026-11-21`) of one derived table, hour by hour to bound its memory. */
export async function rebuildDay(
  engine: Pick<Engine, 'rows' | 'command'>,
  table: string,
  day: string,
): Promise<void> {
  const rule = derived[table];
  if (!rule) throw new Error(`${table} is not derived from spans`);
  const start = Date.parse(`${day}T00:00:00Z`);
  const present = await hoursPresent(engine, start);
  if (!present) return;
  if (rule.time) {
    await engine.command({
      text: `delete from ${table} where ${rule.time} >= {from:DateTime('UTC')} and ${rule.time} < {to:DateTime('UTC')}`,
      params: { from: seconds(present.firstMs), to: seconds(present.afterMs) },
    });
  }
  for (let hour = present.firstMs; hour < present.afterMs; hour += hourMs) {
    await engine.command({
      // A token never used before, or these rows could be taken for those of an earlier insert.
      text: `insert into ${table} settings insert_deduplication_token = '${randomUUID()}' ${selectOf(rule.view)}`,
      params: { from: seconds(hour), to: seconds(hour + hourMs) },
    });
  }
}

async function hoursPresent(engine: Pick<Engine, 'rows'>, dayMs: number) {
  const { rows } = await engine.rows<{ first: number; after: number }>(
    {
      text: sqlText('recover', 'hours_present'),
      params: { from: seconds(dayMs), to: seconds(dayMs + 24 * hourMs) },
    },
    { secondsMax: 120, rowsMax: 1 },
  );
  const row = rows[0];
  return row && { firstMs: Number(row.first) * 1000, afterMs: Number(row.after) * 1000 };
}

/** The view's question, asked of one hour. */
function selectOf(view: string): string {
  const text = sqlText('views', view);
  const select = text.slice(text.indexOf(' as\n') + 4);
  const hour = `(select * from spans where ts >= {from:DateTime('UTC')} and ts < {to:DateTime('UTC')})`;
  return select.replace(/\bfrom spans\b/, () => `from ${hour}`);
}

/** `20261121`, the partition id of a Date, as `2026-11-21`. */
function isoDay(partition: string): string {
  return `${partition.slice(0, 4)}-${partition.slice(4, 6)}-${partition.slice(6, 8)}`;
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
