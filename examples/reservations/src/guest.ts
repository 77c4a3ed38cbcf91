/** A guest who wants a table: `guest.js USER TITLE`, one trace. */

import { start, withSpan } from '@clew/sdk';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { call } from './web.ts';

start({ instrumentations: [] });

const [, , user = '', title = ''] = process.argv;

await withSpan('want a table', async (span) => {
  process.stdout.write(`trace ${span.spanContext().traceId} ${title}\n`);
  await withSpan('POST', { kind: SpanKind.CLIENT }, async () => {
    const answer = await call('POST', `${process.env['RESERVATIONS']}/reservations/${user}`);
    process.stdout.write(`${answer.status} ${JSON.stringify(answer.body)}\n`);
    if (answer.status < 400) return;
    trace.getActiveSpan()?.setStatus({ code: SpanStatusCode.ERROR });
  });
});
