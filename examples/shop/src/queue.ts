/**
 * The queue between storefront and mailer: the shop's parent process passes messages on.
 *
 * A real hop between processes, with the trace context in the message's headers, as a broker would
 * carry it. The consumer starts a trace of its own and links back to the producer's span.
 */
import { context, type Link, propagation, SpanKind, trace } from '@opentelemetry/api';
import { inSpan } from './spans.ts';

export interface Message {
  readonly queue: string;
  readonly id: string;
  readonly headers: Record<string, string>;
  readonly body: Readonly<Record<string, unknown>>;
}

export const ORDER_CONFIRMED = 'order.confirmed';

/** Puts a message on the queue inside a PRODUCER span. */
export function publish(queue: string, id: string, body: Message['body']): Promise<void> {
  const attributes = messaging(queue, id, 'send');
  return inSpan(`send ${queue}`, { kind: SpanKind.PRODUCER, attributes }, async () => {
    const headers: Record<string, string> = {};
    propagation.inject(context.active(), headers);
    process.send?.({ message: { queue, id, headers, body } satisfies Message });
  });
}

/** Calls `handle` for every message, inside a CONSUMER span that links to the producer's. */
export function consume(handle: (message: Message) => Promise<void>): void {
  process.on('message', (envelope: { message?: Message }) => {
    const { message } = envelope;
    if (message === undefined) return;
    const one = consumeOne(message, handle).finally(() => underWay.delete(one));
    underWay.add(one);
  });
}

const underWay = new Set<Promise<void>>();

/** Resolves when what was taken from the queue is done. */
export async function drained(): Promise<void> {
  await Promise.all(underWay);
}

async function consumeOne(
  message: Message,
  handle: (message: Message) => Promise<void>,
): Promise<void> {
  const producer = trace.getSpanContext(propagation.extract(context.active(), message.headers));
  const links: Link[] =
    producer === undefined
      ? []
      : [{ context: producer, attributes: { 'messaging.message.id': message.id } }];
  const attributes = messaging(message.queue, message.id, 'process');
  const options = { kind: SpanKind.CONSUMER, attributes, links, root: true };
  // A failed message has its error on the span; the queue goes on.
  await inSpan(`process ${message.queue}`, options, () => handle(message)).catch(() => undefined);
}

function messaging(queue: string, id: string, type: 'send' | 'process') {
  return {
    'messaging.system': 'shop_queue',
    'messaging.destination.name': queue,
    'messaging.operation.name': type,
    'messaging.operation.type': type,
    'messaging.message.id': id,
  };
}
