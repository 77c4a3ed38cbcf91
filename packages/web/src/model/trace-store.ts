/**
 * The trace as the screen needs it: a structure of arrays in depth-first order.
 *
 * Built once, in a worker, by a pure function from the columns that travelled; never changed afterwards. Whatever
 * changes while somebody reads (folds, zoom, selection) lives in `trace-view.ts`.
 *
 * Never knows: React, the DOM, pixels.
 */
import type { TraceColumns } from './columns.ts';
import { type CriticalPath, criticalPath, wallTime } from './critical-path.ts';
import { type Groups, groupSiblings } from './groups.ts';
import { selfTimes } from './self-time.ts';
import { assignLooks, type ServiceLook } from './service-looks.ts';
import { orderTree, PLACE } from './tree-order.ts';

/** OTLP status code of a failed span. */
export const STATUS_ERROR = 2;

export interface TraceService {
  readonly name: string;
  readonly look: ServiceLook;
  readonly spans: number;
}

/** What the builder had to mend; the page says so. */
export interface Repairs {
  readonly orphans: number;
  readonly cycles: number;
  readonly copies: number;
  readonly duplicates: number;
  readonly negative: number;
}

/** One trace. Every array has one entry per span in depth-first order unless it says otherwise. */
export interface TraceStore {
  readonly traceId: string;
  readonly baseNs: string;
  readonly spans: number;
  readonly complete: boolean;
  readonly services: readonly TraceService[];
  readonly names: readonly string[];
  readonly parent: Int32Array;
  readonly subtreeSize: Uint32Array;
  readonly depth: Uint32Array;
  /** Nanoseconds from `baseNs`. */
  readonly start: Float64Array;
  /** Nanoseconds, never negative. */
  readonly duration: Float64Array;
  readonly self: Float64Array;
  readonly spanId: Uint8Array;
  readonly name: Uint16Array | Uint32Array;
  readonly service: Uint8Array | Uint16Array;
  readonly kind: Uint8Array;
  readonly status: Uint8Array;
  /** Bits of `SPAN_HAS`. */
  readonly flags: Uint8Array;
  /** Bits of `PLACE`. */
  readonly place: Uint8Array;
  /** `errors[i]` = failed spans among the first i; a subtree's errors are one subtraction. Length spans + 1. */
  readonly errors: Uint32Array;
  readonly path: CriticalPath;
  readonly groups: Groups;
  readonly wallStart: number;
  readonly wallEnd: number;
  readonly depthMax: number;
  readonly repairs: Repairs;
}

/** Orders, repairs and computes everything that follows from the spans alone. */
export function buildTraceStore(columns: TraceColumns): TraceStore {
  const tree = orderTree(columns);
  const { order, parent, subtreeSize } = tree;
  const start = pick(columns.start, order);
  const duration = withoutNegative(pick(columns.duration, order));
  const status = pick(columns.status, order);
  const service = pick(columns.service, order);
  const name = pick(columns.name, order);
  const wall = wallTime({ start, duration });
  return {
    traceId: columns.traceId,
    baseNs: columns.baseNs,
    spans: order.length,
    complete: columns.complete,
    services: servicesWithLooks(columns, service),
    names: columns.names,
    parent,
    subtreeSize,
    depth: tree.depth,
    start,
    duration,
    self: selfTimes(parent, start, duration),
    spanId: pickIds(columns.spanId, order),
    name,
    service,
    kind: pick(columns.kind, order),
    status,
    flags: pick(columns.flags, order),
    place: tree.marks,
    errors: errorPrefix(status),
    path: criticalPath({ parent, subtreeSize, start, duration }),
    groups: groupSiblings({ parent, service, name, duration }),
    wallStart: wall.start,
    wallEnd: wall.end,
    depthMax: largest(tree.depth),
    repairs: countRepairs(tree.marks, tree.copies),
  };
}

/** Every buffer of a store once, for handing it from the worker without copying. */
export function storeBuffers(store: TraceStore): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  for (const part of [store, store.path, store.groups]) {
    for (const value of Object.values(part)) {
      if (ArrayBuffer.isView(value) && value.buffer instanceof ArrayBuffer) {
        found.add(value.buffer);
      }
    }
  }
  return [...found];
}

export function isError(store: TraceStore, span: number): boolean {
  return store.status[span] === STATUS_ERROR;
}

export function isOnPath({ path }: TraceStore, span: number): boolean {
  return path.from[span + 1]! > path.from[span]!;
}

/** Failed spans in the subtree, the span itself included. */
export function subtreeErrors(store: TraceStore, span: number): number {
  return store.errors[span + store.subtreeSize[span]!]! - store.errors[span]!;
}

/** Time on the critical path that belongs to the span itself. */
export function pathTime({ path }: TraceStore, span: number): number {
  let total = 0;
  for (let i = path.from[span]!; i < path.from[span + 1]!; i++) {
    total += path.end[i]! - path.start[i]!;
  }
  return total;
}

/** Sixteen lower-case hex digits. */
export function spanIdHex(store: TraceStore, span: number): string {
  let hex = '';
  for (let i = span * 8; i < span * 8 + 8; i++) {
    hex += store.spanId[i]!.toString(16).padStart(2, '0');
  }
  return hex;
}

/** The span with an id in hex (any case), −1 when the trace has none. */
export function findSpanId(store: TraceStore, hex: string): number {
  if (!/^[0-9a-f]{16}$/i.test(hex)) {
    return -1;
  }
  const high = Number.parseInt(hex.slice(0, 8), 16);
  const low = Number.parseInt(hex.slice(8), 16);
  const ids = new DataView(store.spanId.buffer, store.spanId.byteOffset, store.spanId.byteLength);
  for (let span = 0; span < store.spans; span++) {
    if (ids.getUint32(span * 8) === high && ids.getUint32(span * 8 + 4) === low) {
      return span;
    }
  }
  return -1;
}

type Column = Float64Array | Uint8Array | Uint16Array | Uint32Array;

function pick<T extends Column>(column: T, order: Uint32Array): T {
  const picked = new (column.constructor as new (length: number) => T)(order.length);
  for (let i = 0; i < order.length; i++) {
    picked[i] = column[order[i]!]!;
  }
  return picked;
}

function pickIds(ids: Uint8Array, order: Uint32Array): Uint8Array {
  const picked = new Uint8Array(order.length * 8);
  for (let i = 0; i < order.length; i++) {
    const from = order[i]! * 8;
    for (let byte = 0; byte < 8; byte++) {
      picked[i * 8 + byte] = ids[from + byte]!;
    }
  }
  return picked;
}

function servicesWithLooks(columns: TraceColumns, service: ArrayLike<number>): TraceService[] {
  const spans = new Array<number>(columns.services.length).fill(0);
  for (let i = 0; i < service.length; i++) {
    spans[service[i]!]! += 1;
  }
  const looks = assignLooks(
    columns.services.map((entry) => entry.look),
    spans,
  );
  return columns.services.map(({ name }, i) => ({ name, look: looks[i]!, spans: spans[i]! }));
}

function errorPrefix(status: Uint8Array): Uint32Array {
  const errors = new Uint32Array(status.length + 1);
  for (let i = 0; i < status.length; i++) {
    errors[i + 1] = errors[i]! + (status[i] === STATUS_ERROR ? 1 : 0);
  }
  return errors;
}

function withoutNegative(duration: Float64Array): Float64Array {
  for (let i = 0; i < duration.length; i++) {
    if (duration[i]! < 0) {
      duration[i] = 0;
    }
  }
  return duration;
}

function largest(values: Uint32Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    most = Math.max(most, values[i]!);
  }
  return most;
}

function countRepairs(marks: Uint8Array, copies: number): Repairs {
  const counts = { orphans: 0, cycles: 0, copies, duplicates: 0, negative: 0 };
  for (let i = 0; i < marks.length; i++) {
    const mark = marks[i]!;
    if (mark !== 0) {
      counts.orphans += mark & PLACE.orphan ? 1 : 0;
      counts.cycles += mark & PLACE.cycle ? 1 : 0;
      counts.duplicates += mark & PLACE.duplicate ? 1 : 0;
      counts.negative += mark & PLACE.negative ? 1 : 0;
    }
  }
  return counts;
}
