/**
 * Where X-Ray documents wait: for their completion, or for the segment that names their service.
 *
 * Bounded by number and bytes; the oldest leave first. Never knows: why a document waits.
 */

import type { Document } from './xray-document.ts';

export interface XrayRoom {
  /** A document of the same key that waits already is replaced. */
  add(document: Document, bytes: number, untilMs: number): void;
  drop(key: string): void;
  /** The subsegments of a trace, out of the room. */
  takeOrphans(traceId: string): Document[];
  /** What is to leave by now. */
  takeDue(nowMs: number): Document[];
  /** The oldest, until the rest is within the bounds. */
  takeOverflow(): Document[];
}

interface Waiting {
  readonly document: Document;
  readonly bytes: number;
  readonly untilMs: number;
}

export function createXrayRoom(documentsMax: number, bytesMax: number): XrayRoom {
  /** Oldest first. */
  const room = new Map<string, Waiting>();
  const orphans = new Map<string, Set<string>>();
  let total = 0;

  const leave = (key: string): Waiting | undefined => {
    const waiting = room.get(key);
    if (waiting === undefined) return undefined;
    room.delete(key);
    total -= waiting.bytes;
    const { traceId } = waiting.document;
    const keys = orphans.get(traceId);
    if (keys?.delete(key) && keys.size === 0) orphans.delete(traceId);
    return waiting;
  };
  const take = (keys: Iterable<string>): Document[] =>
    [...keys].map((key) => leave(key)?.document).filter((document) => document !== undefined);

  return {
    add(document, bytes, untilMs) {
      const { key, traceId, isInProgress } = document;
      leave(key);
      room.set(key, { document, bytes, untilMs });
      total += bytes;
      if (isInProgress) return;
      const keys = orphans.get(traceId) ?? new Set();
      orphans.set(traceId, keys.add(key));
    },
    drop: (key) => void leave(key),
    takeOrphans: (traceId) => take(orphans.get(traceId) ?? []),
    takeDue: (nowMs) =>
      take([...room].filter(([, { untilMs }]) => untilMs <= nowMs).map(([key]) => key)),
    takeOverflow() {
      const documents: Document[] = [];
      for (const key of room.keys()) {
        if (room.size <= documentsMax && total <= bytesMax) break;
        documents.push(...take([key]));
      }
      return documents;
    },
  };
}
