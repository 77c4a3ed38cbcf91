/** payment: asks the bank of the card. Never knows: what is bought. */
import './tracing.ts';
import { withSpan } from '@clew/sdk';
import { SpanKind } from '@opentelemetry/api';
import type { Order } from './orders.ts';
import { work } from './pace.ts';
import { HttpError, serve } from './web.ts';

serve({
  'POST /authorisations': async ({ amount, card }: Order) => {
    const attributes = { 'payment.amount': amount, 'server.address': 'bank' };
    await withSpan('ask the bank', { kind: SpanKind.CLIENT, attributes }, async (span) => {
      await work(180);
      const isApproved = !card.startsWith('4');
      span.setAttribute('payment.approved', isApproved);
      if (!isApproved) throw new HttpError(402, 'the bank declined the card: insufficient funds');
    });
    return { authorised: amount };
  },
  'POST /voids': async ({ amount }: Order) => {
    await work(90);
    return { voided: amount };
  },
});
