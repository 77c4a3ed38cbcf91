/**
 * A queue in a folder: a message is a file, and whoever renames it has it.
 *
 * Renaming is atomic, so that any number of processes may take from one queue and each message is taken once.
 * What was taken and not yet done is in `taken`, for a person to look at after a crash.
 * Never knows: traces. The context goes through it unseen.
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Message } from './message.ts';

const POLL_MS = 20;

export interface Taken {
  readonly message: Message;
  /** Removes the message for good. */
  done(): Promise<void>;
}

export class FileQueue {
  readonly #ready: string;
  readonly #taken: string;
  #sent = 0;

  private constructor(folder: string) {
    this.#ready = join(folder, 'ready');
    this.#taken = join(folder, 'taken');
  }

  static async open(folder: string, name: string): Promise<FileQueue> {
    const queue = new FileQueue(join(folder, name));
    await mkdir(queue.#ready, { recursive: true });
    await mkdir(queue.#taken, { recursive: true });
    return queue;
  }

  /** The name sorts by time; the file appears whole, or not at all. */
  async send(message: Message): Promise<void> {
    const order = `${Date.now()}-${String(this.#sent++).padStart(6, '0')}`;
    const name = `${order}-${process.pid}-${message.id}.json`;
    const unfinished = join(this.#taken, `${name}.new`);
    await writeFile(unfinished, JSON.stringify(message));
    await rename(unfinished, join(this.#ready, name));
  }

  /** Waits until there are `countMax` messages, or for `lingerMs` after the first; at least one comes. */
  async take(countMax: number, lingerMs = 0): Promise<readonly Taken[]> {
    const found: Taken[] = [];
    let until = Number.POSITIVE_INFINITY;
    while (found.length < countMax && Date.now() < until) {
      const more = await this.#takeNow(countMax - found.length);
      found.push(...more);
      if (found.length > 0) until = Math.min(until, Date.now() + lingerMs);
      if (found.length < countMax && Date.now() < until) await sleep(POLL_MS);
    }
    return found;
  }

  /** True when nothing waits and nobody is at work. */
  async isDone(): Promise<boolean> {
    const [ready, taken] = await Promise.all([readdir(this.#ready), readdir(this.#taken)]);
    return ready.length + taken.length === 0;
  }

  async #takeNow(countMax: number): Promise<Taken[]> {
    const found: Taken[] = [];
    for (const name of (await readdir(this.#ready)).sort()) {
      if (found.length === countMax) break;
      const one = await this.#takeOne(name);
      if (one !== undefined) found.push(one);
    }
    return found;
  }

  async #takeOne(name: string): Promise<Taken | undefined> {
    const [from, to] = [join(this.#ready, name), join(this.#taken, name)];
    try {
      const message = JSON.parse(await readFile(from, 'utf8')) as Message;
      if (message.notBefore > Date.now()) return undefined;
      await rename(from, to);
      return { message, done: () => rm(to) };
    } catch (error) {
      // Somebody else was faster.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }
}

/** The folder that all processes of the example share. */
export function queueFolder(): string {
  const folder = process.env['QUEUES'];
  if (folder === undefined) throw new Error('found no QUEUES, wanted the folder of the queues');
  return folder;
}
