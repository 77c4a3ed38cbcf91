/**
 * A connection to the broker: publish, consume, and a request whose answer comes back on a queue.
 * Never knows: traces. A message is any object.
 */
import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

export type Frame =
  | { readonly do: 'consume'; readonly queue: string }
  | { readonly do: 'publish'; readonly queue: string; readonly message: object };

export class Connection {
  readonly #socket: Socket;
  readonly #handlers = new Map<string, (message: object) => void>();

  /** `address` is HOST:PORT. */
  constructor(address: string) {
    const [host = '', port = ''] = address.split(':');
    this.#socket = connect(Number(port), host).setNoDelay();
    createInterface({ input: this.#socket }).on('line', (line) => {
      const { queue, message } = JSON.parse(line) as Extract<Frame, { do: 'publish' }>;
      this.#handlers.get(queue)?.(message);
    });
  }

  publish(queue: string, message: object): void {
    this.#send({ do: 'publish', queue, message });
  }

  consume<T extends object>(queue: string, handle: (message: T) => void): void {
    this.#handlers.set(queue, handle as (message: object) => void);
    this.#send({ do: 'consume', queue });
  }

  /** Publishes with a queue to answer to, and waits there. */
  request<T extends object>(queue: string, message: object): Promise<T> {
    const replyTo = `answers.${randomUUID()}`;
    const answer = new Promise<T>((resolve) => this.consume<T>(replyTo, resolve));
    this.publish(queue, { ...message, replyTo });
    return answer.finally(() => this.#handlers.delete(replyTo));
  }

  close(): void {
    this.#socket.end();
  }

  #send(frame: Frame): void {
    this.#socket.write(`${JSON.stringify(frame)}\n`);
  }
}
