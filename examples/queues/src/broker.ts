/**
 * The broker: what comes to the exchange goes to the queue of every subscriber.
 *
 * It is not traced and need not be: what it must do for a trace is to pass a message on as it is.
 * Never knows: what is in a message.
 */
import { FileQueue, queueFolder } from './file-queue.ts';
import { EXCHANGE, SUBSCRIBERS } from './message.ts';

const folder = queueFolder();
const exchange = await FileQueue.open(folder, EXCHANGE);
const queues = await Promise.all(SUBSCRIBERS.map((name) => FileQueue.open(folder, name)));
process.stdout.write(`ready ${folder}\n`);
for (;;) {
  for (const { message, done } of await exchange.take(1)) {
    for (const queue of queues) await queue.send(message);
    await done();
  }
}
