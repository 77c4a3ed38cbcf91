/**
 * The visitors: a gentle, endless stream of requests to the storefront.
 *
 * Sends no spans of its own: every trace of the shop begins at the storefront.
 */

export interface ShopperCounts {
  visits: number;
  orders: number;
  failures: number;
}

export interface Shopper {
  readonly counts: Readonly<ShopperCounts>;
  /** Stops sending and waits for what is under way. */
  readonly stop: () => Promise<void>;
}

/** Visits that may be under way at once; a slow shop gets fewer visitors, not a growing crowd. */
const UNDER_WAY_MAX = 32;
const VISIT_MS_MAX = 15_000;
const USERS = ['ariadne', 'theseus', 'minos', 'daedalus', 'icarus', 'pasiphae', 'phaedra'] as const;
const SKUS = ['CLEW-01', 'LAMP-07', 'MAP-03', 'BOOT-42', 'HORN-11', 'WING-02'] as const;

/** One visit in three buys something. */
export function pickVisit(roll: number): { method: 'GET' | 'POST'; path: string } {
  if (roll < 0.35) return { method: 'POST', path: '/checkout' };
  if (roll < 0.65) return { method: 'GET', path: '/' };
  const sku = SKUS[Math.floor(((roll - 0.65) / 0.35) * SKUS.length)] ?? SKUS[0];
  return { method: 'GET', path: `/products/${sku}` };
}

/** Milliseconds to the next visit: exponential, as independent visitors are, and at most 5 × mean. */
export function pauseMs(visitsPerSecond: number, roll: number): number {
  const mean = 1_000 / visitsPerSecond;
  return Math.min(5 * mean, -Math.log(1 - roll) * mean);
}

export function startShopper(storefront: string, visitsPerSecond: number): Shopper {
  const counts: ShopperCounts = { visits: 0, orders: 0, failures: 0 };
  const underWay = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  const next = () => {
    if (underWay.size < UNDER_WAY_MAX) {
      const one = visit(storefront, counts).finally(() => underWay.delete(one));
      underWay.add(one);
    }
    timer = setTimeout(next, pauseMs(visitsPerSecond, Math.random()));
  };
  next();
  return {
    counts,
    stop: async () => {
      clearTimeout(timer);
      await Promise.all(underWay);
    },
  };
}

async function visit(storefront: string, counts: ShopperCounts): Promise<void> {
  const { method, path } = pickVisit(Math.random());
  counts.visits++;
  try {
    const response = await fetch(`${storefront}${path}`, {
      method,
      headers: { 'x-user-id': USERS[Math.floor(Math.random() * USERS.length)] as string },
      signal: AbortSignal.timeout(VISIT_MS_MAX),
    });
    await response.arrayBuffer();
    if (!response.ok) counts.failures++;
    else if (path === '/checkout') counts.orders++;
  } catch {
    counts.failures++;
  }
}
