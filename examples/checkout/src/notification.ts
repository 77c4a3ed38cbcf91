/**
 * notification: takes a message at once and writes the letter later.
 *
 * The letter is a trace of its own, linked to the message that asked for it: the checkout was over before.
 * Never knows: the checkout.
 */
import './tracing.ts';
import { extractJob, withSpan } from '@clew/sdk';
import { type Context, context, SpanKind, trace } from '@opentelemetry/api';
import { work } from './pace.ts';
import { serve } from './web.ts';

serve({
  'POST /messages': async (message: { orderId: string }) => {
    const { payload, context: sender } = extractJob(message);
    setImmediate(() => void notify(payload.orderId, sender));
    return { taken: payload.orderId };
  },
});

async function notify(orderId: string, sender: Context): Promise<void> {
  await work(400);
  const producer = trace.getSpanContext(sender);
  const choices = {
    root: true,
    kind: SpanKind.CONSUMER,
    links: producer === undefined ? [] : [{ context: producer }],
    attributes: {
      'messaging.system': 'checkout_queue',
      'messaging.destination.name': 'order.confirmed',
      'messaging.operation.type': 'process',
      'messaging.message.id': orderId,
    },
  };
  // Inside the sender's context, so that the baggage comes along; the trace does not, for this is a root.
  await context.with(sender, () =>
    withSpan('process order.confirmed', choices, () => withSpan('write letter', () => work(120))),
  );
}
