/** mailer: the worker behind the queue. One trace per message, linked to the checkout. */
import '../telemetry.ts';
import { SpanKind, trace } from '@opentelemetry/api';
import { consume } from '../queue.ts';
import { runService } from '../service.ts';
import { around, inSpan, wait } from '../spans.ts';

consume(async ({ body }) => {
  trace.getActiveSpan()?.setAttribute('shop.order.id', String(body['orderId']));
  await inSpan(
    'render confirmation',
    { attributes: { 'mail.template': 'order-confirmed-v3' } },
    () => wait(around(4, 25)),
  );
  const smtp = {
    kind: SpanKind.CLIENT,
    attributes: { 'server.address': 'smtp', 'server.port': 587, 'network.protocol.name': 'smtp' },
  };
  await inSpan('send mail', smtp, async (span) => {
    await wait(around(30, 180));
    span.addEvent('mail.accepted', { 'smtp.response_code': 250, 'mail.size_bytes': 8_412 });
  });
});

await runService({ 'GET /health': async () => ({ ok: true }) });
