/**
 * The cast: one checkout, used wherever an example of a trace is needed.
 *
 * A customer checks out. The frontend reads the cart, whose database answers; the payment fails once, is retried and goes
 * through; a message tells the warehouse, which works on its own time and links back.
 *
 * Never knows: tests that use it.
 */
import type { Given, TracesData } from '@clew/wire';
import { type NotedSpan, parseNotation } from './notation.ts';
import { tracesOf } from './notation-otlp.ts';

export const FRONTEND = 'frontend';
export const CART = 'cart';
export const PAYMENT = 'payment';
export const DB = 'db';
export const WAREHOUSE = 'warehouse';

export const checkoutNotation = `
checkout   frontend   GET /checkout      0ms  300ms  server    http.request.method=GET http.response.status_code=200 user.id=ann resource.deployment.environment.name=prod
             cart       GET /cart         10ms   60ms  server    http.response.status_code=200
               db         SELECT items      20ms   40ms  client    db.system.name=postgresql db.response.returned_rows=3
             payment    POST /charge      80ms   90ms  server    error="card issuer timed out" http.response.status_code=504 attempt=1 @165ms:exception{exception.type=TimeoutError,exception.message=issuer}
             payment    POST /charge     180ms   80ms  server    http.response.status_code=200 attempt=2 amount=59.90
             frontend   publish order    270ms   10ms  producer  messaging.system=kafka
warehouse  warehouse  process order    400ms  120ms  consumer  ->checkout.6  messaging.system=kafka express=true
`;

/** The spans of both traces, times from the start of the checkout. */
export const checkout: readonly NotedSpan[] = parseNotation(checkoutNotation);

/** The cast as OTLP, the checkout starting at `baseNs`. */
export function checkoutTraces(baseNs: bigint): Given<TracesData> {
  return tracesOf(checkout, baseNs);
}
