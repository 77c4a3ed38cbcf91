/**
 * Plays four checkouts across six services: one that is well, one declined, one that waits for fraud in vain,
 * one that takes 24 seconds. SPEED=12 in the environment makes all of it twelve times faster.
 * Never knows: how it is traced.
 */
import type { Run, Shown, Stage } from '../../stage.mjs';
import { VISITS, type Visit } from './orders.ts';

/** In the order they start: each needs only those before it. */
const BELOW = ['payment', 'fraud', 'inventory', 'notification'];
/** Until the letters are written. */
const LETTER_MS = 1_000;

export const run: Run = async (stage) => {
  const gateway = await open(stage);
  stage.log('four orders; the last takes 24 seconds (SPEED=12 in the environment: two)');
  const traces: Shown[] = [];
  // The first alone: services that have just started are slow.
  const [first, ...others] = VISITS;
  if (first !== undefined) traces.push(await visit(gateway, first));
  traces.push(...(await Promise.all(others.map((one) => visit(gateway, one)))));
  await new Promise((resolve) => setTimeout(resolve, LETTER_MS));
  return {
    traces,
    look: [
      'the same six services, four stories; two investigations are told in examples/checkout/README.md',
      'slow: { resource.service.name = "gateway" && duration > 10s }',
      'fraud: { resource.service.name = "fraud" && status = error }',
      'what was undone: { span.checkout.compensation = true }',
      'gold customers only, in any service: { span.customer_tier = "gold" && status = error }',
    ],
    urls: { gateway },
  };
};

async function open(stage: Stage): Promise<string> {
  const start = (service: string, env: Record<string, string> = {}) =>
    stage.start(service, new URL(`./${service}.js`, import.meta.url), { env });
  const below = await Promise.all(BELOW.map((service) => start(service)));
  const addresses = below.map(({ service, url }) => [`${service.toUpperCase()}_URL`, url]);
  const checkout = await start('checkout', Object.fromEntries(addresses));
  const gateway = await start('gateway', { CHECKOUT_URL: checkout.url });
  return gateway.url;
}

async function visit(gateway: string, { title, customerTier, region, order }: Visit) {
  const response = await fetch(`${gateway}/orders`, {
    method: 'POST',
    headers: { 'x-customer-tier': customerTier, 'x-region': region },
    body: JSON.stringify(order),
  });
  await response.arrayBuffer();
  const traceId = response.headers.get('x-trace-id') ?? '';
  return { traceId, title: `${title} (${response.status})` };
}
