/**
 * Lets so many in at a time and so many more wait, so that users' SQL never takes every session of the
 * engine from the screen.
 *
 * Never knows: what is let in.
 */
import { QuestionError } from '../errors.ts';

export type Gate = <Done>(work: () => Promise<Done>, signal?: AbortSignal) => Promise<Done>;

const waitingMax = 16;

export function createGate(runningMax: number): Gate {
  const waiting: (() => void)[] = [];
  let running = 0;

  const enter = (signal?: AbortSignal): Promise<void> => {
    if (running < runningMax) {
      running++;
      return Promise.resolve();
    }
    if (waiting.length >= waitingMax) {
      const facts = { max: `${runningMax}`, waiting: `${waiting.length}` };
      return Promise.reject(new QuestionError('sql-busy', facts));
    }
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        waiting.splice(waiting.indexOf(start), 1);
        reject(signal?.reason);
      };
      const start = () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      waiting.push(start);
    });
  };

  /** Who waits longest takes over the place. */
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) running--;
    else next();
  };

  return async (work, signal) => {
    signal?.throwIfAborted();
    await enter(signal);
    try {
      return await work();
    } finally {
      leave();
    }
  };
}
