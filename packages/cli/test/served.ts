/**
 * One server for all tests of a file: it is there before the first of them and gone after the last.
 * Never knows: what is tested.
 */
import { afterAll, beforeAll } from 'vitest';
import { type Running, serve, withFolder } from './rig.ts';

/** `prepare` runs once on the server; its failure fails the tests and ends the server all the same. */
export function servesTests(
  prepare: (server: Running) => Promise<void>,
  prepareMsMax?: number,
): { readonly running: Running } {
  let running: Running | undefined;
  let release = () => {};
  let over: Promise<void> = Promise.resolve();

  beforeAll(async () => {
    await new Promise<void>((ready, failed) => {
      over = withFolder(async (folder) => {
        running = await serve(folder);
        try {
          await prepare(running);
          const released = new Promise<void>((resolve) => {
            release = resolve;
          });
          ready();
          await released;
        } finally {
          await running.stop();
        }
      });
      over.catch(failed);
    });
  }, prepareMsMax);

  afterAll(async () => {
    release();
    await over;
  });

  return {
    get running() {
      if (running === undefined) throw new Error('the server is asked for before it is there');
      return running;
    },
  };
}
