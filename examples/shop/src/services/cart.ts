/**
 * cart: what a visitor wants to buy.
 *
 * It asks inventory once per item, one after the other: the classic N+1, there to be found.
 */
import '../telemetry.ts';
import { trace } from '@opentelemetry/api';
import { catalogue, type Product } from '../catalogue.ts';
import { addressOf, runService } from '../service.ts';
import { around, inSpan, playDatabase, wait } from '../spans.ts';
import { call } from '../web.ts';

const store = { system: 'redis', namespace: '0', address: 'cart-cache', port: 6379 };

await runService({
  'GET /carts/{user}': async ({ path, userId }) => {
    const user = path['user'] as string;
    await playDatabase(store, 'HGETALL', 'cart', `HGETALL cart:${user}`, (span) => {
      span.addEvent('cache.hit', { 'cache.key': `cart:${user}`, 'cache.ttl_s': 1_740 });
      return wait(around(0.5, 3));
    });
    const skus = chosen();
    trace.getActiveSpan()?.setAttributes({ 'shop.cart.skus': skus, 'shop.cart.size': skus.length });
    const items: Product[] = [];
    for (const sku of skus) items.push(await stock(sku, userId));
    const total = await inSpan('price cart', {}, async (span) => {
      await wait(around(0.3, 2));
      const sum = items.reduce((amount, { price }) => amount + price, 0);
      span.setAttributes({
        'shop.cart.total': sum,
        'shop.currency': 'EUR',
        'shop.discounted': false,
      });
      return sum;
    });
    return { skus, total };
  },
});

function stock(sku: string, userId: string): Promise<Product> {
  const base = addressOf('inventory');
  return call<Product>({ method: 'GET', base, template: '/stock/{sku}', path: { sku }, userId });
}

function chosen(): string[] {
  const count = 1 + Math.floor(Math.random() * 5);
  const first = Math.floor(Math.random() * catalogue.length);
  return Array.from(
    { length: count },
    (_, at) => (catalogue[(first + at) % catalogue.length] as Product).sku,
  );
}
