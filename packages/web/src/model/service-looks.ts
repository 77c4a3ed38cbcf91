/**
 * The looks of the services of one trace.
 *
 * The server registers a slot per service, the same for everybody, and slots wrap after 24 looks. When two services of
 * one trace would look equal, the smaller one takes the next free look and is marked. Stable: the same trace gives the
 * same looks in every browser.
 *
 * Never knows: the colours themselves (they come from the theme).
 */
import { type Look, lookCount, lookOf } from '../tokens/looks.ts';

export interface ServiceLook extends Look {
  /** The slot that gives this look, 0 … 23. */
  readonly slot: number;
  /** True when the service gave up its registered look to a larger one of this trace. */
  readonly swapped: boolean;
}

/**
 * @param slots registered slot per service
 * @param spans spans per service in this trace: the larger service keeps its look
 */
export function assignLooks(slots: readonly number[], spans: readonly number[]): ServiceLook[] {
  const bySize = slots.map((_, service) => service).sort((a, b) => spans[b]! - spans[a]! || a - b);
  const taken = new Set<number>();
  const looks: ServiceLook[] = new Array(slots.length);
  for (const service of bySize) {
    const slot = slots[service]!;
    const wanted = Number.isInteger(slot) && slot >= 0 ? slot % lookCount : 0;
    let look = wanted;
    while (taken.has(look) && taken.size < lookCount) {
      look = (look + 1) % lookCount;
    }
    taken.add(look);
    looks[service] = { ...lookOf(look), slot: look, swapped: look !== wanted };
  }
  return looks;
}
