/** storefront: what a browser talks to. Home, product pages and the checkout. */
import '../telemetry.ts';
import { randomUUID } from 'node:crypto';
import { trace } from '@opentelemetry/api';
import { ORDER_CONFIRMED, publish } from '../queue.ts';
import { addressOf, runService } from '../service.ts';
import { around, inSpan, wait } from '../spans.ts';
import { call } from '../web.ts';

const inventory = addressOf('inventory');
const cart = addressOf('cart');
const payments = addressOf('payments');

interface Cart {
  readonly skus: readonly string[];
  readonly total: number;
}

await runService({
  'GET /': async ({ userId }) => {
    const page = await call({ method: 'GET', base: inventory, template: '/products', userId });
    await render('home');
    return page;
  },
  'GET /products/{sku}': async ({ path, userId }) => {
    const template = '/stock/{sku}';
    const page = await call({ method: 'GET', base: inventory, template, path, userId });
    await render('product');
    return page;
  },
  'POST /checkout': async ({ userId }) => {
    const orderId = randomUUID();
    trace.getActiveSpan()?.setAttributes({ 'shop.order.id': orderId, 'shop.channel': 'web' });
    const chosen = await call<Cart>({
      method: 'GET',
      base: cart,
      template: '/carts/{user}',
      path: { user: userId },
      userId,
    });
    await Promise.all([
      call({
        method: 'POST',
        base: payments,
        template: '/charges',
        body: { amount: chosen.total, orderId },
        userId,
      }),
      call({
        method: 'POST',
        base: inventory,
        template: '/reservations',
        body: { skus: chosen.skus },
        userId,
      }),
    ]);
    await publish(ORDER_CONFIRMED, orderId, { orderId, userId, total: chosen.total });
    return { orderId, ...chosen };
  },
});

function render(page: string): Promise<void> {
  return inSpan(`render ${page}`, { attributes: { 'shop.page': page } }, () => wait(around(1, 12)));
}
