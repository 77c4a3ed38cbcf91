/**
 * Plays the queues: a broker, billing that takes one message at a time, two producers at once, and reports that
 * take them in batches.
 * Never knows: how they are traced.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Run } from '../../stage.mjs';
import { FileQueue } from './file-queue.ts';

const PRODUCERS = ['web', 'phone'];
const ORDERS = '6';
const DONE_MS_MAX = 15_000;
const POLL_MS = 50;

const program = (name: string) => new URL(`./${name}.js`, import.meta.url);

export const run: Run = async (stage) => {
  const env = { QUEUES: stage.folder, ORDERS };
  await stage.start('broker', program('broker'), { env });
  await stage.start('billing', program('billing'), { env });
  const orders = await Promise.all(
    PRODUCERS.map((name) => stage.play(name, program('producer'), { env })),
  );
  const reports = await stage.play('reports', program('reports'), { env });
  await settled(stage.folder);
  return {
    traces: [...orders, reports].flatMap(({ traces }) => traces),
    look: [
      'web-1: two processes, one trace, joined by what the message carries; the gap is the time in the queue',
      'web-2: the first attempt failed, the second is a span of its own that links to it',
      'web-3: three attempts, then the dead letters: { span.queue.attempt = 3 && status = error }',
      'the reports: a batch has many senders, so each is a trace of its own with a link to every sender',
    ],
  };
};

/** Until billing has nothing left, its retries included. */
async function settled(folder: string): Promise<void> {
  const billing = await FileQueue.open(folder, 'billing');
  for (const late = Date.now() + DONE_MS_MAX; !(await billing.isDone()); await sleep(POLL_MS)) {
    if (Date.now() > late) throw new Error(`billing was not done within ${DONE_MS_MAX} ms`);
  }
}
