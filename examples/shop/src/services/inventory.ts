/** inventory: what there is, and how many. The quick, well-behaved one. */
import '../telemetry.ts';
import { trace } from '@opentelemetry/api';
import { catalogue, productOf } from '../catalogue.ts';
import { runService } from '../service.ts';
import { around, playDatabase, wait } from '../spans.ts';
import { HttpError } from '../web.ts';

const store = { system: 'postgresql', namespace: 'inventory', address: 'inventory-db', port: 5432 };

await runService({
  'GET /products': async () => {
    await playDatabase(
      store,
      'SELECT',
      'products',
      'SELECT sku, name, price FROM products ORDER BY name LIMIT $1',
      async (span) => {
        await wait(around(2, 9));
        span.setAttribute('db.response.returned_rows', catalogue.length);
      },
    );
    return { products: catalogue };
  },
  'GET /stock/{sku}': async ({ path }) => {
    const product = productOf(path['sku'] as string);
    if (product === undefined) throw new HttpError(404, `no product ${path['sku']}`);
    trace.getActiveSpan()?.setAttribute('shop.sku', product.sku);
    await playDatabase(store, 'SELECT', 'stock', 'SELECT count FROM stock WHERE sku = $1', (span) =>
      wait(around(1, 5)).then(() => void span.setAttribute('db.response.returned_rows', 1)),
    );
    return { ...product, count: Math.floor(Math.random() * 40) };
  },
  'POST /reservations': async ({ body }) => {
    const skus = body['skus'] as string[];
    await playDatabase(
      store,
      'UPDATE',
      'stock',
      'UPDATE stock SET reserved = reserved + 1 WHERE sku = ANY($1)',
      async (span) => {
        span.setAttribute('db.operation.batch.size', skus.length);
        await wait(around(3, 20));
      },
    );
    return { reserved: skus };
  },
});
