/**
 * reports: takes orders in batches. A batch has many senders, and a span has one parent: so it is a trace of its
 * own, with a link to each of them.
 * Never knows: the producers.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { extractJob, start, withSpan } from '@clew/sdk';
import { type Link, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { FileQueue, queueFolder, type Taken } from './file-queue.ts';
import { type Message, messaging } from './message.ts';

start({ instrumentations: [] });

const QUEUE = 'reports';
const BATCH_MAX = 4;
const LINGER_MS = 500;

const queue = await FileQueue.open(queueFolder(), QUEUE);
let left = Number(process.env['ORDERS']);
for (let nth = 1; left > 0; nth++) {
  const batch = await queue.take(Math.min(BATCH_MAX, left), LINGER_MS);
  await report(nth, batch);
  left -= batch.length;
}

function report(nth: number, batch: readonly Taken[]): Promise<void> {
  const choices = {
    root: true,
    kind: SpanKind.CONSUMER,
    links: batch.flatMap(({ message }) => linkTo(message)),
    attributes: {
      ...messaging(QUEUE, 'process'),
      'messaging.batch.message_count': batch.length,
    },
  };
  return withSpan(`process ${QUEUE}`, choices, async (span) => {
    process.stdout.write(
      `trace ${span.spanContext().traceId} report ${nth}, of ${batch.length} orders\n`,
    );
    await withSpan('add up', async (inner) => {
      await sleep(10);
      inner.setAttribute(
        'report.amount',
        batch.reduce((sum, { message }) => sum + message.job.amount, 0),
      );
    });
    await Promise.all(batch.map(({ done }) => done()));
  });
}

function linkTo({ id, job }: Message): Link[] {
  const sender = trace.getSpanContext(extractJob(job, ROOT_CONTEXT).context);
  return sender === undefined
    ? []
    : [{ context: sender, attributes: { 'messaging.message.id': id } }];
}
