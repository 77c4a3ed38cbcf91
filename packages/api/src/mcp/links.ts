/**
 * Pages of the user interface that show what a tool answered.
 *
 * Never knows: where the interface is.
 */
import type { TimeRange } from '@clew/query';

export function tracePath(traceId: string): string {
  return `/trace/${traceId}`;
}

export function explorePath(q: string, { fromNs, toNs }: TimeRange): string {
  const ms = (ns: bigint) => String(ns / 1_000_000n);
  return `/explore?${new URLSearchParams({ q, from: ms(fromNs), to: ms(toNs) })}`;
}
