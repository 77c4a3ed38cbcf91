/**
 * The order service: takes orders from the queue and goes on in the trace of whoever sent them.
 * Never knows: the client.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { extractJob, start, traced } from '@clew/sdk';
import { context, SpanKind, trace } from '@opentelemetry/api';
import { ORDERS, type Order } from './orders.ts';
import { Connection } from './queue.ts';

start();

const STOCK: Readonly<Record<string, number>> = { lamp: 12, thread: 40, 'wax wing': 2 };

class OrderService {
  @traced({ kind: SpanKind.CONSUMER })
  async handle(order: Order): Promise<void> {
    await sleep(5);
    await this.reserve(order);
  }

  @traced()
  async reserve({ item, count }: Order): Promise<void> {
    await sleep(20);
    const left = STOCK[item] ?? 0;
    trace.getActiveSpan()?.setAttribute('stock.left', left);
    if (left < count) throw new Error(`${count} × ${item} ordered, ${left} left`);
  }
}

const service = new OrderService();
const queue = new Connection(process.env['QUEUE'] ?? '');
queue.consume<Order & { replyTo: string }>(ORDERS, async (message) => {
  const { payload, context: sender } = extractJob(message);
  // Everything inside belongs to the sender's trace.
  const answer = await context
    .with(sender, () => service.handle(payload))
    .then(
      () => ({}),
      (error: Error) => ({ error: error.message }),
    );
  queue.publish(payload.replyTo, answer);
});
process.stdout.write('ready orders\n');
