/**
 * A collector that forwards to a back-end, and which spans each of them had: for tests of forwarding as a whole.
 *
 * Opened anew for every test: `openForwardRig` registers that.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect } from 'vitest';
import { type BackEnd, spanIdsOf, startBackEnd } from './back-end.ts';
import { post, type Rig, type Settings, startRig } from './rig.ts';
import { request } from './traffic.ts';

/** Segments that are sealed soon and small. */
export const quick: Settings = { 'spool.seal_after': 10, 'spool.segment_bytes': 64 * 1024 };

export interface ForwardRig {
  backEnd: BackEnd;
  rig: Rig;
  /** Ids of every span that was acknowledged. */
  acknowledged: string[];
  /** Forwards to `backEnd` unless told otherwise. */
  start(settings?: Settings): Promise<Rig>;
  /** Stops, and goes on with other settings. */
  restart(settings?: Settings): Promise<void>;
  send(count: number, spans?: number): Promise<void>;
  status(at?: number): ReturnType<Rig['collector']['stats']>['forward'][number];
  /** Resolves when the back-end has as many spans as were acknowledged. */
  delivered(): Promise<void>;
  /** Resolves when nothing waits for the first destination. */
  caughtUp(): Promise<void>;
}

export function openForwardRig(): ForwardRig {
  const to: ForwardRig = {
    backEnd: undefined as unknown as BackEnd,
    rig: undefined as unknown as Rig,
    acknowledged: [],
    async start(settings = {}) {
      to.rig = await startRig({ ...quick, 'forward.endpoint': to.backEnd.url, ...settings });
      return to.rig;
    },
    async restart(settings = {}) {
      to.rig = await to.rig.restart(settings);
    },
    async send(count, spans = 10) {
      for (let n = 0; n < count; n += 1) {
        const body = request({ spans });
        expect((await post(to.rig.http, body)).status).toBe(200);
        to.acknowledged.push(...spanIdsOf(body));
      }
    },
    status(at = 0) {
      const one = to.rig.collector.stats().forward[at];
      if (one === undefined) throw new Error('no such destination');
      return one;
    },
    delivered: () => until(() => to.backEnd.spanIds.length >= to.acknowledged.length),
    caughtUp: () => until(() => to.status().waitingBytes === 0),
  };
  beforeEach(async () => {
    to.backEnd = await startBackEnd();
    to.acknowledged = [];
  });
  afterEach(async () => {
    await to.rig?.stop();
    await to.backEnd.goAway().catch(() => undefined);
  });
  return to;
}

/** Destinations as settings. */
export function destinations(...entries: object[]): Settings {
  return { 'forward.endpoint': '', 'forward.destinations': JSON.stringify(entries) };
}

export async function until(isSo: () => boolean): Promise<void> {
  for (let left = 1000; !isSo(); left -= 1) {
    if (left === 0) throw new Error(`not within 10 s: ${isSo}`);
    await sleep(10);
  }
}

export function sorted(ids: readonly string[]): string[] {
  return [...ids].sort();
}
