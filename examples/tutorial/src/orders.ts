/** What client and order service say to each other. Never knows: how it is carried. */

export const ORDERS = 'orders';

export interface Order {
  readonly item: string;
  readonly count: number;
}

export interface Answer {
  /** Absent when the order was taken. */
  readonly error?: string;
}
