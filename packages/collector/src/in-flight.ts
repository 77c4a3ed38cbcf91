/**
 * How many bytes of requests may be in memory at once, over all listeners.
 *
 * A receiver leases what it holds and gives it back when the request is answered.
 */
import { CollectorError } from './errors.ts';

export interface InFlight {
  readonly bytes: number;
  lease(): Lease;
}

export interface Lease {
  /** Counts bytes in; throws IN_FLIGHT_FULL when that would pass the bound. */
  grow(bytes: number): void;
  /** Gives everything back; further calls do nothing. */
  release(): void;
}

export function createInFlight(bytesMax: number): InFlight {
  let total = 0;
  return {
    get bytes() {
      return total;
    },
    lease() {
      let held = 0;
      return {
        grow(bytes) {
          if (total + bytes > bytesMax)
            throw new CollectorError('IN_FLIGHT_FULL', { found: total });
          held += bytes;
          total += bytes;
        },
        release() {
          total -= held;
          held = 0;
        },
      };
    },
  };
}

/** Lets work pass as long as what it may come to stays under a bound; the rest waits in order. */
export interface Gate {
  /** Runs the work when there is room; work larger than the whole bound runs alone. */
  pass<T>(bytes: number, work: () => Promise<T>): Promise<T>;
}

export function createGate(bytesMax: number): Gate {
  let total = 0;
  const waiting: { readonly bytes: number; readonly enter: () => void }[] = [];
  const letIn = () => {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      if (total > 0 && total + next.bytes > bytesMax) return;
      waiting.shift();
      total += next.bytes;
      next.enter();
    }
  };
  return {
    async pass(bytes, work) {
      await new Promise<void>((enter) => {
        waiting.push({ bytes, enter });
        letIn();
      });
      try {
        return await work();
      } finally {
        total -= bytes;
        letIn();
      }
    },
  };
}
