/** What is sent, and how it looks in a queue. Never knows: who sends it. */

export const EXCHANGE = 'orders';
export const SUBSCRIBERS = ['billing', 'reports'] as const;
/** Where billing puts what it gave up. */
export const DEAD_LETTERS = 'billing.dead';

export interface Order {
  readonly id: string;
  readonly amount: number;
  readonly iban: string;
}

/** An order as `injectJob` made it: with the context of its sender inside. */
export interface Message {
  readonly id: string;
  readonly job: Order;
  /** 1 for the first delivery. */
  readonly attempt: number;
  /** Not to be delivered before, in milliseconds since 1970. */
  readonly notBefore: number;
  /** Carries the context of the attempt before, as `injectJob` made it. */
  readonly previous?: object;
}

/** Attributes of the semantic conventions for a span about this queue. */
export function messaging(queue: string, type: 'send' | 'process'): Record<string, string> {
  return {
    'messaging.system': 'file_queue',
    'messaging.destination.name': queue,
    'messaging.operation.name': type,
    'messaging.operation.type': type,
  };
}
