/**
 * How many traces each operation began: what adaptive sampling follows.
 *
 * Never knows: rates, targets.
 */
import type { Engine } from './engine.ts';
import { sqlText } from './sql-files.ts';

export interface RootCount {
  readonly service: string;
  readonly name: string;
  readonly roots: number;
}

export interface RootWindow {
  readonly tenant: string;
  /** Root spans that began from here, inclusive, to there, exclusive; epoch milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
  /** The busiest operations that are answered. */
  readonly rowsMax: number;
}

/** @returns root spans by service and name, the most frequent first */
export async function rootThroughput(
  engine: Pick<Engine, 'rows'>,
  { tenant, fromMs, toMs, rowsMax }: RootWindow,
): Promise<RootCount[]> {
  const { rows } = await engine.rows<RootCount>(
    {
      text: sqlText('sampling', 'root_throughput'),
      params: {
        tenant,
        from_ms: Math.floor(fromMs),
        to_ms: Math.floor(toMs),
        rows_max: rowsMax,
      },
    },
    { secondsMax: 10, rowsMax, threadsMax: 1 },
  );
  return rows;
}
