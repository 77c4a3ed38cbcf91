/**
 * The one embedded engine of a test file, and traces put into it the way the collector does.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Engine, openEngine, type RunOptions, type Statement } from '@clew/store';
import { encodeTraces, type Given, type TracesData } from '@clew/wire';
import { parseNotation } from '../../testkit/src/notation.ts';
import { tracesOf } from '../../testkit/src/notation-otlp.ts';
import { frameBytes, writeSegment } from '../../testkit/src/segment-file.ts';

/** All notation in these tests starts here, 2100-01-01T00:00:00Z: fixed, and never old enough to expire. */
export const baseNs = 4_102_444_800_000_000_000n;

export const minuteNs = 60_000_000_000n;

export type TestEngine = {
  readonly engine: Engine;
  /** Loads traces in notation, by tenant, as one segment; starts are after `baseNs`. */
  load(notationOf: Readonly<Record<string, string>>): Promise<void>;
  loadTraces(tenant: string, traces: Given<TracesData>): Promise<void>;
  close(): Promise<void>;
};

export async function openTestEngine(): Promise<TestEngine> {
  const dir = mkdtempSync(join(tmpdir(), 'clew-query-'));
  const engine = crowded(
    await openEngine({
      place: { kind: 'embedded', dataDir: dir, sessions: 2 },
      log: () => {},
    }),
  );
  let segments = 0n;
  const loadFrames = async (frames: readonly Uint8Array[]) => {
    segments += 1n;
    const path = writeSegment(dir, `s${segments}`, ...frames);
    await engine.load({ id: segments, path, token: `s${segments}` });
  };
  const frameOf = (tenant: string, traces: Given<TracesData>) =>
    frameBytes(encodeTraces(traces), { tenant });
  return {
    engine,
    load: (notationOf) =>
      loadFrames(
        Object.entries(notationOf).map(([tenant, notation]) =>
          frameOf(tenant, tracesOf(parseNotation(notation), baseNs)),
        ),
      ),
    loadTraces: (tenant, traces) => loadFrames([frameOf(tenant, traces)]),
    close: async () => {
      await engine.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/**
 * An engine that tells of a million times the spans there are. Walks through windows begin with the time in which many
 * spans start, so the few of a test would all be in the first.
 */
function crowded(engine: Engine): Engine {
  return {
    ...engine,
    async rows<Row>(statement: Statement, run: RunOptions) {
      const answer = await engine.rows<Row>(statement, run);
      if (!statement.text.includes('group by toStartOfHour(ts)')) return answer;
      const rows = answer.rows.map((row) => {
        const { spans } = row as { spans?: string };
        return spans === undefined ? row : { ...row, spans: `${spans}000000` };
      });
      return { ...answer, rows };
    },
  };
}
