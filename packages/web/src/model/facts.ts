/**
 * What the top bar says about a trace, read off the store; the server's summary says the same while columns travel.
 *
 * Never knows: the screen.
 */
import { STATUS_ERROR, type TraceStore } from './trace-store.ts';
import { PLACE } from './tree-order.ts';

export interface TraceFacts {
  readonly rootService: string;
  readonly rootName: string;
  /** Epoch nanoseconds of the first start. */
  readonly startNs: string;
  /** From the first start to the last end. */
  readonly durationNs: number;
  readonly spans: number;
  readonly errors: number;
  readonly missingParents: number;
  readonly services: readonly unknown[];
}

export function factsOf(store: TraceStore): TraceFacts {
  const root = rootOf(store);
  return {
    rootService: store.services[store.service[root] ?? 0]?.name ?? '',
    rootName: store.names[store.name[root] ?? 0] ?? '',
    startNs: store.baseNs,
    durationNs: store.wallEnd,
    spans: store.spans,
    errors: store.status.reduce((sum, status) => sum + (status === STATUS_ERROR ? 1 : 0), 0),
    missingParents: store.repairs.orphans,
    services: store.services,
  };
}

/** The earliest span without a parent id; in a trace without one, the first row. */
function rootOf({ parent, place, start }: TraceStore): number {
  let found = -1;
  for (let row = 0; row < parent.length; row++) {
    if (parent[row] !== -1 || ((place[row] ?? 0) & PLACE.orphan) !== 0) continue;
    if (found < 0 || (start[row] ?? 0) < (start[found] ?? 0)) found = row;
  }
  return Math.max(found, 0);
}
