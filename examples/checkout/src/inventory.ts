/**
 * inventory: puts goods aside. What only the far warehouse has takes 24 seconds, for its lock is held.
 * Never knows: who buys.
 */
import './tracing.ts';
import { withSpan } from '@clew/sdk';
import { SpanKind } from '@opentelemetry/api';
import type { Order } from './orders.ts';
import { work } from './pace.ts';
import { serve } from './web.ts';

const FAR = new Set(['harp']);
const LOCKED_MS = 24_000;

serve({
  'POST /reservations': async ({ item }: Order) => {
    const isFar = FAR.has(item);
    const attributes = {
      'db.system.name': 'postgresql',
      'db.operation.name': 'UPDATE',
      'db.collection.name': 'stock',
      'db.query.text': 'UPDATE stock SET reserved = reserved + 1 WHERE item = $1',
      'stock.warehouse': isFar ? 'far' : 'near',
    };
    await withSpan('UPDATE stock', { kind: SpanKind.CLIENT, attributes }, async (span) => {
      if (isFar) span.addEvent('lock.wait', { 'lock.holder': 'nightly-stocktaking' });
      await work(isFar ? LOCKED_MS : 40);
    });
    return { reserved: item };
  },
  'POST /releases': async ({ item }: Order) => {
    await work(30);
    return { released: item };
  },
});
