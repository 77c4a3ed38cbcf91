/**
 * Where X-Ray documents wait, as the datagrams they came in: for their completion, or for the segment that names their
 * service.
 *
 * Bounded by number and bytes; the oldest leave first. Never knows: what is in a document.
 */

export interface XrayRoom {
  /** A datagram of the same key that waits already is replaced. It is kept as it is, so nobody may write over it. */
  add(waiting: Waiting): void;
  drop(key: string): void;
  /** The subsegments of a trace, out of the room. */
  takeOrphans(traceId: string): Uint8Array[];
  /** What is to leave by now. */
  takeDue(nowMs: number): Uint8Array[];
  /** The oldest, until the rest is within the bounds. */
  takeOverflow(): Uint8Array[];
  /** Everything that waits, oldest first; undefined when that is what it was at the last call. */
  changed(): Uint8Array[] | undefined;
}

export interface Waiting {
  readonly key: string;
  readonly datagram: Uint8Array;
  readonly untilMs: number;
  /** Set for a subsegment that waits for the segment of this trace. */
  readonly orphanOf: string | undefined;
}

export function createXrayRoom(documentsMax: number, bytesMax: number): XrayRoom {
  /** Oldest first. */
  const room = new Map<string, Waiting>();
  const orphans = new Map<string, Set<string>>();
  let total = 0;
  let isChanged = false;

  const leave = (key: string): Uint8Array | undefined => {
    const waiting = room.get(key);
    if (waiting === undefined) return undefined;
    isChanged = true;
    room.delete(key);
    const { datagram, orphanOf = '' } = waiting;
    total -= datagram.length;
    const keys = orphans.get(orphanOf);
    if (keys?.delete(key) && keys.size === 0) orphans.delete(orphanOf);
    return datagram;
  };
  const take = (keys: Iterable<string>): Uint8Array[] =>
    [...keys].map(leave).filter((datagram) => datagram !== undefined);

  return {
    add(waiting) {
      const { key, datagram, orphanOf } = waiting;
      leave(key);
      isChanged = true;
      room.set(key, waiting);
      total += datagram.length;
      if (orphanOf === undefined) return;
      const keys = orphans.get(orphanOf) ?? new Set();
      orphans.set(orphanOf, keys.add(key));
    },
    drop: (key) => void leave(key),
    takeOrphans: (traceId) => take(orphans.get(traceId) ?? []),
    takeDue: (nowMs) =>
      take([...room].filter(([, { untilMs }]) => untilMs <= nowMs).map(([key]) => key)),
    takeOverflow() {
      const datagrams: Uint8Array[] = [];
      for (const key of room.keys()) {
        if (room.size <= documentsMax && total <= bytesMax) break;
        datagrams.push(...take([key]));
      }
      return datagrams;
    },
    changed() {
      if (!isChanged) return undefined;
      isChanged = false;
      return [...room.values()].map(({ datagram }) => datagram);
    },
  };
}
