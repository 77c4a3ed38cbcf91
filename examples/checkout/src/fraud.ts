/**
 * fraud: half a second of rules. Large amounts wait for a person, who does not come.
 * Never knows: how long the caller is willing to wait.
 */
import './tracing.ts';
import { withSpan } from '@clew/sdk';
import type { Order } from './orders.ts';
import { work } from './pace.ts';
import { serve } from './web.ts';

const REVIEW_FROM_AMOUNT = 5_000;
const REVIEW_MS = 3_600_000;

serve({
  'POST /checks': async ({ amount }: Order, { gone }) => {
    await withSpan('score', { attributes: { 'fraud.rules': 212 } }, () => work(500));
    if (amount < REVIEW_FROM_AMOUNT) return { ok: true };
    const attributes = { 'fraud.queue': 'manual-review', 'fraud.queue.length': 61 };
    // Nobody needs the answer once the caller is gone.
    await withSpan('wait for review', { attributes }, () => work(REVIEW_MS, gone));
    return { ok: true };
  },
});
