/**
 * Parent ids → parent rows, for the rows of one trace.
 *
 * Whatever was sent, the result is a forest: a span that is its own ancestor has its chain cut, so nothing that walks
 * upwards can walk for ever.
 *
 * Never knows: times, names.
 */
import { createIdTable } from './id-table.ts';

/** A row without a parent id. */
export const rootParent = -1;
/** A row whose parent is not in the trace, or would be its own descendant. */
export const missingParent = -2;

export type IdRows = {
  readonly idHigh: readonly number[];
  readonly idLow: readonly number[];
  readonly parentHigh: readonly number[];
  readonly parentLow: readonly number[];
  readonly kind: Uint8Array;
};

/** OTLP's number of kind "server". */
const server = 2;

/**
 * The row of each row's parent. Where a client and a server share one span id (Zipkin), the server's row hangs below the
 * client's and other children below the server's.
 */
export function findParents(rows: IdRows): Int32Array {
  const { idHigh, idLow, parentHigh, parentLow, kind } = rows;
  const count = idHigh.length;
  const table = createIdTable(idHigh, idLow);
  const parent = new Int32Array(count).fill(rootParent);
  const twins = new Map<number, number>();
  for (let row = 0; row < count; row++) {
    const earlier = table.put(row);
    if (earlier === -1) continue;
    const isServer = kind[row] === server && kind[earlier] !== server;
    if (isServer) table.replace(row);
    if (isServer) twins.set(row, earlier);
    else if (kind[earlier] === server && kind[row] !== server) twins.set(earlier, row);
  }
  for (let row = 0; row < count; row++) {
    const twin = twins.get(row);
    if (twin !== undefined) parent[row] = twin;
    else if (parentHigh[row] !== 0 || parentLow[row] !== 0) {
      const found = table.find(parentHigh[row]!, parentLow[row]!);
      parent[row] = found === -1 || found === row ? missingParent : found;
    }
  }
  cutCycles(parent);
  return parent;
}

/** Walks up from every row once; a walk that meets itself cuts the chain at the earliest row of the circle. */
function cutCycles(parent: Int32Array): void {
  const walk = new Int32Array(parent.length).fill(-1);
  for (let from = 0; from < parent.length; from++) {
    let row = from;
    while (row >= 0 && walk[row] === -1) {
      walk[row] = from;
      row = parent[row]!;
    }
    if (row >= 0 && walk[row] === from) parent[earliestOfCircle(parent, row)] = missingParent;
  }
}

function earliestOfCircle(parent: Int32Array, on: number): number {
  let earliest = on;
  for (let row = parent[on]!; row !== on; row = parent[row]!) earliest = Math.min(earliest, row);
  return earliest;
}

/** The number of rows on the longest way from a root (or a row without its parent) down. */
export function depthOf(parent: Int32Array): number {
  const depth = new Int32Array(parent.length);
  const way: number[] = [];
  let deepest = 0;
  for (let from = 0; from < parent.length; from++) {
    let row = from;
    for (; row >= 0 && depth[row] === 0; row = parent[row]!) way.push(row);
    let reached = row < 0 ? 0 : depth[row]!;
    while (way.length > 0) depth[way.pop()!] = ++reached;
    deepest = Math.max(deepest, reached);
  }
  return deepest;
}
