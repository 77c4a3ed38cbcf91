/**
 * billing: one message at a time, in the trace of its sender. The bank is away for the first attempt of every
 * second order of a producer; an order without an account fails each time and ends among the dead letters.
 *
 * An attempt is a span of its own, with a link to the one before: a span that lasted over all of them would hide
 * how often, and would be open while the message only waits.
 * Never knows: the producers.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { extractJob, injectJob, start, withSpan } from '@clew/sdk';
import { context, type Link, SpanKind, trace } from '@opentelemetry/api';
import { FileQueue, queueFolder } from './file-queue.ts';
import { DEAD_LETTERS, type Message, messaging, type Order } from './message.ts';

start({ instrumentations: [] });

const QUEUE = 'billing';
const ATTEMPTS_MAX = 3;
const BACK_OFF_MS = 100;

const queue = await FileQueue.open(queueFolder(), QUEUE);
const deadLetters = await FileQueue.open(queueFolder(), DEAD_LETTERS);
process.stdout.write(`ready ${QUEUE}\n`);
for (;;) {
  for (const { message, done } of await queue.take(1)) {
    await processOne(message);
    await done();
  }
}

async function processOne(message: Message): Promise<void> {
  const { payload: order, context: sender } = extractJob(message.job);
  const choices = {
    kind: SpanKind.CONSUMER,
    links: linkTo(message.previous),
    attributes: {
      ...messaging(QUEUE, 'process'),
      'messaging.message.id': message.id,
      'queue.attempt': message.attempt,
    },
  };
  let attempt = {};
  await context
    .with(sender, () =>
      withSpan(`process ${QUEUE}`, choices, async () => {
        attempt = injectJob({});
        await charge(order, message.attempt);
      }),
    )
    // The error is on the span; here is decided what becomes of the message.
    .catch(() => again({ ...message, attempt: message.attempt + 1, previous: attempt }));
}

async function charge({ id, iban }: Order, attempt: number): Promise<void> {
  await sleep(15);
  if (iban === 'none') throw new Error(`${id} has no account to charge`);
  if (id.endsWith('-2') && attempt === 1) throw new Error('the bank does not answer');
}

function again(message: Message): Promise<void> {
  if (message.attempt > ATTEMPTS_MAX) return deadLetters.send(message);
  const notBefore = Date.now() + BACK_OFF_MS * 2 ** (message.attempt - 2);
  return queue.send({ ...message, notBefore });
}

function linkTo(previous: object | undefined): Link[] {
  const before = previous && trace.getSpanContext(extractJob(previous).context);
  return before ? [{ context: before, attributes: { 'link.reason': 'retry' } }] : [];
}
