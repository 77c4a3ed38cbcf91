/**
 * The whole of what answers rest on, for engine tests: a real embedded engine, the real query, and a
 * spool as small as can be, so that spans can wait to be loaded as they do behind the collector.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createQuery } from '@clew/query';
import { type Engine, openEngine } from '@clew/store';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { frameBytes, writeSegment } from '../../testkit/src/segment-file.ts';
import type { ApiParts } from '../src/parts.ts';
import { buildServer } from '../src/server.ts';
import { partsWith } from './parts.ts';

export type Stored = {
  readonly app: FastifyInstance;
  readonly engine: Engine;
  /** What the server was built of, for listeners beside it. */
  readonly parts: ApiParts;
  /** Acknowledged and waiting; `sealAndLoad` of the server makes it readable. */
  accept(request: Uint8Array): void;
  /** Loads what waits. */
  load(): Promise<void>;
  /** How often the server asked for a load. */
  loads(): number;
  get(url: string, headers?: Record<string, string>): Promise<LightMyRequestResponse>;
  close(): Promise<void>;
};

export async function openStored(parts: Parameters<typeof partsWith>[0] = {}): Promise<Stored> {
  const dir = mkdtempSync(join(tmpdir(), 'clew-api-'));
  const engine = await openEngine({ place: { kind: 'embedded', dataDir: dir }, log: () => {} });
  const spool = createSpool(engine, dir);
  const all = partsWith({
    query: createQuery(engine),
    engine,
    collector: spool.collector,
    ...parts,
  });
  const app = await buildServer(all);
  return {
    app,
    engine,
    parts: all,
    accept: spool.accept,
    load: () => spool.collector.sealAndLoad(),
    loads: spool.loads,
    get: (url, headers = {}) => app.inject({ url, headers: { host: 'localhost', ...headers } }),
    async close() {
      await app.close();
      await engine.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function createSpool(engine: Engine, dir: string) {
  const frames: Uint8Array[] = [];
  let segments = 0;
  let acceptedSpans = 0;
  const collector: ApiParts['collector'] = {
    async sealAndLoad() {
      if (frames.length === 0) return;
      segments += 1;
      const path = writeSegment(dir, `s${segments}`, ...frames.splice(0));
      const { rows } = await engine.load({ id: BigInt(segments), path, token: `s${segments}` });
      acceptedSpans += rows;
    },
    stats: () => ({
      acceptedSpans,
      spansPerSecond: 0,
      spoolBytes: frames.reduce((sum, bytes) => sum + bytes.length, 0),
      openSegmentBytes: 0,
    }),
  };
  return {
    collector,
    accept: (request: Uint8Array) => void frames.push(frameBytes(request)),
    loads: () => segments,
  };
}
