/**
 * A producer: each order is a trace that begins with its sending. Two of them run at once, as web and phone.
 * Never knows: who consumes.
 */
import { injectJob, start, withSpan } from '@clew/sdk';
import { SpanKind } from '@opentelemetry/api';
import { FileQueue, queueFolder } from './file-queue.ts';
import { EXCHANGE, messaging, type Order } from './message.ts';

const service = process.env['OTEL_SERVICE_NAME'] ?? 'producer';
start({ service, instrumentations: [] });

const IBANS = ['DE02 1203', 'GR16 0110', 'none'];

const exchange = await FileQueue.open(queueFolder(), EXCHANGE);
for (const [at, iban] of IBANS.entries()) {
  const order: Order = { id: `${service}-${at + 1}`, amount: 20 * (at + 1), iban };
  await withSpan(`send ${EXCHANGE}`, { kind: SpanKind.PRODUCER }, async (span) => {
    span.setAttributes({ ...messaging(EXCHANGE, 'send'), 'messaging.message.id': order.id });
    process.stdout.write(`trace ${span.spanContext().traceId} order ${order.id}\n`);
    const job = injectJob(order);
    await exchange.send({ id: order.id, job, attempt: 1, notBefore: 0 });
  });
}
