/**
 * The flaky dependency: mostly instant, sometimes three seconds, sometimes an error.
 *
 * Pure: a dice roll in, a mood out; the service plays it.
 */

export type Mood =
  | { readonly kind: 'instant'; readonly ms: number }
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'broken'; readonly ms: number };

/** 84 % instant (3–12 ms), 8 % slow (2.6–3.4 s, waits for a lock), 8 % broken (20–120 ms). */
export function cardDatabaseMood(roll: number, spread: number): Mood {
  if (roll < 0.84) return { kind: 'instant', ms: 3 + 9 * spread };
  if (roll < 0.92) return { kind: 'slow', ms: 2_600 + 800 * spread };
  return { kind: 'broken', ms: 20 + 100 * spread };
}

export class ConnectionReset extends Error {
  constructor() {
    super('card-db closed the connection before it answered (ECONNRESET)');
    this.name = 'ConnectionReset';
  }
}

export class CardDeclined extends Error {
  constructor(scheme: string) {
    super(`the issuer declined the ${scheme} card: insufficient funds`);
    this.name = 'CardDeclined';
  }
}
