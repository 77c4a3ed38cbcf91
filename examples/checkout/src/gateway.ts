/**
 * gateway: the edge. It knows who asks, and says so in baggage, which every service below finds.
 * Never knows: what a checkout is made of.
 */
import './tracing.ts';
import { context, propagation, trace } from '@opentelemetry/api';
import type { Order } from './orders.ts';
import { addressOf, call, serve } from './web.ts';

const checkout = addressOf('checkout');

serve({
  'POST /orders': (order: Order, { headers }) => {
    const customer = {
      customer_tier: String(headers['x-customer-tier'] ?? 'none'),
      region: String(headers['x-region'] ?? 'none'),
    };
    // The gateway's own span began before there was baggage.
    trace.getActiveSpan()?.setAttributes({ ...customer, 'order.id': order.id });
    const baggage = propagation.createBaggage(
      Object.fromEntries(Object.entries(customer).map(([name, value]) => [name, { value }])),
    );
    return context.with(propagation.setBaggage(context.active(), baggage), () =>
      call(`${checkout}/checkout`, order),
    );
  },
});
