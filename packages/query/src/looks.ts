/**
 * Looks: the colour slot of each service, chosen once and kept by the engine, so that a service has the same colour on
 * every screen.
 *
 * A new service gets the least used slot, the lowest first: slots are unique until all are taken, then they wrap.
 * Several servers may choose at the same moment; the engine keeps the row written last, and a restart reads that one.
 *
 * Never knows: what the colours are.
 */
import type { Engine } from '@clew/store';
import type { Run } from './run.ts';
import { looksStatement } from './sql/catalogue.ts';

/** The palette's size. */
export const lookSlots = 24;

export type Looks = {
  /** The slot of each of these services; those that have none get one. */
  slotsOf(
    tenant: string,
    services: Iterable<string>,
    run: Run,
  ): Promise<ReadonlyMap<string, number>>;
};

/** @param nowMs the clock, for the time a slot was assigned */
export function createLooks(engine: Engine, nowMs: () => number): Looks {
  const known = new Map<string, Map<string, number>>();
  let last: Promise<unknown> = Promise.resolve();

  async function assign(tenant: string, services: readonly string[], run: Run): Promise<void> {
    const rows = await run.rows<{ service: string; slot: number }>(looksStatement(tenant));
    const slots = new Map(rows.map((row) => [row.service, row.slot]));
    const fresh = services.filter((service) => !slots.has(service));
    for (const service of fresh) slots.set(service, leastUsedSlot(slots.values()));
    const assigned = new Date(nowMs()).toISOString().replace('T', ' ').replace('Z', '');
    const added = fresh.map((service) => ({ tenant, service, slot: slots.get(service), assigned }));
    if (added.length > 0) await engine.insert('service_looks', added);
    known.set(tenant, slots);
  }

  return {
    async slotsOf(tenant, services, run) {
      const missing = [...new Set(services)].filter((service) => !known.get(tenant)?.has(service));
      if (missing.length > 0) {
        // One after another: two questions must not give one slot to two services.
        const turn = last.catch(() => {}).then(() => assign(tenant, missing, run));
        last = turn;
        await turn;
      }
      return known.get(tenant) ?? new Map();
    },
  };
}

function leastUsedSlot(taken: Iterable<number>): number {
  const uses = new Array<number>(lookSlots).fill(0);
  for (const slot of taken) if (slot < lookSlots) uses[slot]! += 1;
  return uses.indexOf(Math.min(...uses));
}
