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
