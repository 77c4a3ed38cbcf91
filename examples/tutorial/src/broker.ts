/**
 * A broker in a process of its own: queues over a socket, one JSON object a line.
 *
 * A message waits until somebody consumes its queue; consumers of one queue take turns.
 * Never knows: what is in a message, traces least of all. That is the point: the context goes through it unseen.
 */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Frame } from './queue.ts';

const WAITING_MAX = 1_000;

class Queue {
  readonly #waiting: string[] = [];
  readonly #consumers: Socket[] = [];

  publish(line: string): void {
    const consumer = this.#consumers.shift();
    if (consumer === undefined) {
      this.#waiting.push(line);
      if (this.#waiting.length > WAITING_MAX) this.#waiting.shift();
      return;
    }
    this.#consumers.push(consumer);
    consumer.write(`${line}\n`);
  }

  consume(socket: Socket): void {
    this.#consumers.push(socket);
    for (const line of this.#waiting.splice(0)) this.publish(line);
    socket.on('close', () => this.#consumers.splice(this.#consumers.indexOf(socket), 1));
  }
}

const queues = new Map<string, Queue>();

function queueOf(name: string): Queue {
  const queue = queues.get(name) ?? new Queue();
  queues.set(name, queue);
  return queue;
}

const server = createServer((socket) => {
  socket.setNoDelay();
  socket.on('error', () => socket.destroy());
  createInterface({ input: socket }).on('line', (line) => {
    const frame = JSON.parse(line) as Frame;
    if (frame.do === 'consume') queueOf(frame.queue).consume(socket);
    else queueOf(frame.queue).publish(line);
  });
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`ready 127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
