/**
 * The client: each order is a trace of its own, begun by `@traceRoot`.
 * Never knows: who handles an order.
 */

import { injectJob, start, traceRoot } from '@clew/sdk';
import { SpanKind, trace } from '@opentelemetry/api';
import { type Answer, ORDERS, type Order } from './orders.ts';
import { Connection } from './queue.ts';

start();

class Client {
  readonly #queue: Connection;

  constructor(queue: Connection) {
    this.#queue = queue;
  }

  @traceRoot('Client.placeOrder', {
    kind: SpanKind.PRODUCER,
    // Nothing of the arguments is recorded unless asked for.
    attributes: ({ item, count }: Order) => ({ 'order.item': item, 'order.count': count }),
  })
  async placeOrder(order: Order): Promise<void> {
    const traceId = trace.getActiveSpan()?.spanContext().traceId;
    process.stdout.write(`trace ${traceId} ${order.count} × ${order.item}\n`);
    // The message carries the context: the only link between the two processes.
    const { error } = await this.#queue.request<Answer>(ORDERS, injectJob(order));
    if (error !== undefined) throw new Error(error);
  }
}

const queue = new Connection(process.env['QUEUE'] ?? '');
const client = new Client(queue);
for (const order of [
  { item: 'lamp', count: 1 },
  { item: 'thread', count: 3 },
  { item: 'wax wing', count: 99 },
]) {
  await client.placeOrder(order).catch((error: Error) => {
    process.stdout.write(`refused: ${error.message}\n`);
  });
}
queue.close();
