/**
 * How far each partition is done: messages end in any order, an offset may be committed only when
 * everything before it has ended. When partitions are dealt anew, those that stay are gone on with.
 *
 * Pure. Never knows: the client library, what a message holds.
 */
import type { NextOffset } from './group-consumer.ts';

interface Place {
  readonly topic: string;
  readonly partition: number;
  /** Offsets under way, in the order in which they were read. */
  readonly reading: { readonly offset: bigint; isDone: boolean }[];
  /** The last offset that was read. */
  last: bigint;
  /** The next offset to read, once everything before it is done. */
  next: bigint | undefined;
}

export interface Assigned {
  readonly topic: string;
  readonly partitions: readonly number[];
}

export interface Progress {
  /**
   * A message is being read; call what it answers when its spans are in the spool. Undefined when the
   * message was read before: the client library may fetch the same range twice when it is read fast.
   */
  begin(topic: string, partition: number, offset: bigint): (() => void) | undefined;
  /** What became done since the last call. */
  take(): NextOffset[];
  /** What was taken could not be committed; unless more became done since, it is taken again. */
  giveBack(offsets: readonly NextOffset[]): void;
  /** Where reading of a partition begins: committed at once, so that the group has a place there. */
  start(topic: string, partition: number, offset: bigint): void;
  /** Partitions were dealt anew: of the others nothing may be committed any more. */
  keepOnly(assigned: readonly Assigned[]): void;
}

export function createProgress(): Progress {
  let places = new Map<string, Place>();
  return {
    begin(topic, partition, offset) {
      const key = `${topic}:${partition}`;
      const place: Place = places.get(key) ?? newPlace(topic, partition);
      if (offset <= place.last) return undefined;
      places.set(key, place);
      place.last = offset;
      const one = { offset, isDone: false };
      place.reading.push(one);
      return () => {
        one.isDone = true;
        while (place.reading[0]?.isDone) {
          place.next = (place.reading.shift()?.offset ?? 0n) + 1n;
        }
      };
    },
    take() {
      const done: NextOffset[] = [];
      for (const place of places.values()) {
        const { topic, partition, next } = place;
        if (next !== undefined) done.push({ topic, partition, offset: next });
        place.next = undefined;
      }
      return done;
    },
    giveBack(offsets) {
      for (const { topic, partition, offset } of offsets) {
        const place = places.get(`${topic}:${partition}`);
        if (place !== undefined) place.next ??= offset;
      }
    },
    start(topic, partition, offset) {
      const key = `${topic}:${partition}`;
      if (places.has(key)) return;
      places.set(key, { ...newPlace(topic, partition), next: offset });
    },
    keepOnly(assigned) {
      const keys = new Set(
        assigned.flatMap(({ topic, partitions }) => partitions.map((one) => `${topic}:${one}`)),
      );
      places = new Map([...places].filter(([key]) => keys.has(key)));
    },
  };
}

function newPlace(topic: string, partition: number): Place {
  return { topic, partition, reading: [], last: -1n, next: undefined };
}
