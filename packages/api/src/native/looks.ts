/**
 * The colour slot of a service, for answers about one span. Slots never change once given, so they
 * are remembered.
 *
 * Never knows: how slots are given.
 */
import type { Query } from '@clew/query';
import type { Log } from '../parts.ts';

export type Looks = { of(service: string): Promise<number> };

/** More services than anybody has; beyond it the memory starts anew. */
const servicesMax = 10_000;

export function createLooks(query: Query, log: Log): Looks {
  const known = new Map<string, number>();
  return {
    async of(service) {
      const look = known.get(service);
      if (look !== undefined) return look;
      try {
        if (known.size > servicesMax) known.clear();
        for (const each of await query.services()) known.set(each.name, each.look);
      } catch (cause) {
        // A wrong colour is better than no span.
        log('warn', 'the colours of services could not be read', { cause });
      }
      return known.get(service) ?? 0;
    },
  };
}
