/**
 * checkout: payment, fraud and stock at once, then the confirmation.
 * Never knows: how long the others take, except that it does not wait for fraud longer than three seconds.
 */
import './tracing.ts';
import { injectJob, withSpan } from '@clew/sdk';
import { SpanKind, trace } from '@opentelemetry/api';
import { allOrNothing } from './all-or-nothing.ts';
import type { Order } from './orders.ts';
import { limit } from './pace.ts';
import { addressOf, call, serve } from './web.ts';

const payment = addressOf('payment');
const fraud = addressOf('fraud');
const inventory = addressOf('inventory');
const notification = addressOf('notification');
const FRAUD_MS_MAX = limit(3_000);

serve({
  'POST /checkout': async (order: Order) => {
    trace.getActiveSpan()?.setAttributes({ 'order.id': order.id, 'order.item': order.item });
    await allOrNothing([
      {
        name: 'authorise payment',
        run: () => call(`${payment}/authorisations`, order),
        undo: { name: 'void payment', run: () => call(`${payment}/voids`, order) },
      },
      { name: 'check fraud', run: () => call(`${fraud}/checks`, order, FRAUD_MS_MAX) },
      {
        name: 'reserve stock',
        run: () => call(`${inventory}/reservations`, order),
        undo: { name: 'release stock', run: () => call(`${inventory}/releases`, order) },
      },
    ]);
    await confirm(order);
    return { confirmed: order.id };
  },
});

/** The letter is written later, in a trace of its own; the message tells whence it came. */
function confirm({ id }: Order): Promise<object> {
  const attributes = {
    'messaging.system': 'checkout_queue',
    'messaging.destination.name': 'order.confirmed',
    'messaging.operation.type': 'send',
    'messaging.message.id': id,
  };
  return withSpan('send order.confirmed', { kind: SpanKind.PRODUCER, attributes }, () =>
    call(`${notification}/messages`, injectJob({ orderId: id })),
  );
}
