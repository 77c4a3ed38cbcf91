/**
 * The columns of a trace → its summary.
 *
 * Never knows: the engine; the columns say all of it.
 */
import { depthOf, missingParent, rootParent } from './parents.ts';
import type { ServiceShare, TraceColumns, TraceSummary } from './results.ts';

/** OTLP's number of status "error". */
const errorStatus = 2;

export function summarise(columns: TraceColumns): TraceSummary {
  const { traceId, baseNs, spans, parent, took } = columns;
  const root = Math.max(parent.indexOf(rootParent), 0);
  const durationNs = lastEnd(columns);
  return {
    traceId,
    rootService: columns.services[columns.service[root]!]?.name ?? '',
    rootName: columns.names[columns.name[root]!] ?? '',
    startNs: baseNs,
    endNs: (BigInt(baseNs) + BigInt(durationNs)).toString(),
    durationNs,
    spans,
    errors: count(columns.status, errorStatus),
    depth: depthOf(parent),
    missingParents: count(parent, missingParent),
    services: sharesOf(columns),
    took,
  };
}

function lastEnd({ start, duration }: TraceColumns): number {
  let last = 0;
  for (let row = 0; row < start.length; row++) last = Math.max(last, start[row]! + duration[row]!);
  return last;
}

function count(cells: Uint8Array | Int32Array, value: number): number {
  let found = 0;
  for (let row = 0; row < cells.length; row++) if (cells[row] === value) found++;
  return found;
}

function sharesOf(columns: TraceColumns): ServiceShare[] {
  const shares = columns.services.map(({ name, look }) => ({ name, look, spans: 0, errors: 0 }));
  for (let row = 0; row < columns.spans; row++) {
    const share = shares[columns.service[row]!]!;
    share.spans++;
    if (columns.status[row] === errorStatus) share.errors++;
  }
  return shares;
}
