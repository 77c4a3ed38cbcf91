/**
 * An engine for unit tests that keeps what it is given: rows by token, once per token, refusing what
 * it is told to refuse. The real one runs in `*.engine.ts`.
 */
import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { type Engine, EngineUnavailable, LoadRefused } from '@clew/store';
import { readFrames, walkLimits, walkTraces } from '@clew/wire';

export interface MemoryEngine extends Engine {
  /** Spans that are stored. */
  spans(): number;
  readonly loads: { readonly token: string; readonly spans: number }[];
  readonly ledger: Record<string, unknown>[];
  isDown: boolean;
  /** Text whose presence in a segment makes the engine refuse it. */
  poison: string | undefined;
}

export function createMemoryEngine(): MemoryEngine {
  const byToken = new Map<string, { segment: bigint; spans: number }>();
  const ledgerTokens = new Set<string>();
  const rowsOf = (segment: bigint) =>
    [...byToken.values()]
      .filter((one) => one.segment === segment)
      .reduce((sum, { spans }) => sum + spans, 0);
  const engine: MemoryEngine = {
    place: { kind: 'embedded', dataDir: '' },
    isDown: false,
    poison: undefined,
    loads: [],
    ledger: [],
    spans: () => [...byToken.values()].reduce((sum, { spans }) => sum + spans, 0),
    state: () => (engine.isDown ? 'down' : 'ready'),
    pid: () => undefined,
    version: () => 'memory',
    async rows<T>(statement: { params: Readonly<Record<string, unknown>> }) {
      const ids = (statement.params['segments'] ?? []) as bigint[];
      const rows = ids.map((id) => ({ segment: `${id}`, rows: `${rowsOf(id)}` }));
      return { rows: rows as T[], readRows: 0, readBytes: 0, elapsedMs: 0 };
    },
    async columns() {
      throw new Error('not asked in these tests');
    },
    async read() {
      throw new Error('not asked in these tests');
    },
    async command() {},
    async insert(_table, rows, token) {
      if (engine.isDown) throw new EngineUnavailable('down');
      if (token !== undefined && ledgerTokens.has(token)) return;
      if (token !== undefined) ledgerTokens.add(token);
      engine.ledger.push(...(rows as Record<string, unknown>[]));
    },
    async load({ id, path, token }) {
      if (engine.isDown) throw new EngineUnavailable('down');
      const bytes = readFileSync(path);
      if (engine.poison !== undefined && bytes.includes(engine.poison)) {
        throw new LoadRefused(444, 'poison');
      }
      let spans = 0;
      for (const found of readFrames(bytes, crc32)) {
        if (found.state !== 'whole') throw new LoadRefused(33, `${found.state}: ${found.reason}`);
        spans += walkTraces(found.body, walkLimits, found.arrivedMs).spans;
      }
      if (!byToken.has(token)) {
        byToken.set(token, { segment: id, spans });
        engine.loads.push({ token, spans });
      }
      return { rows: rowsOf(id), elapsedMs: 0 };
    },
    async close() {},
  };
  return engine;
}
