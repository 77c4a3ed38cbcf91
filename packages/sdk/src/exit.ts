/**
 * Sends what has ended before the process goes: when it has nothing more to do, on SIGTERM and
 * SIGINT, on an uncaught error, and at `process.exit()`. Never knows: what is sent.
 */

const FLUSH_MS_MAX = 3000;

/**
 * Watches the process; answers how to stop watching. `flushNow` must not need the event loop. A signal that the application handles itself
 * stays its business: it is flushed, but the process is not ended here.
 */
export function flushOnExit(flush: () => Promise<void>, flushNow = () => {}): () => void {
  let isDone = false;
  let isAway = false;
  const bounded = () => {
    const late = new Promise<void>((resolve) => {
      const giveUp = () => {
        // The destination does not answer: the exit must not wait for it a second time.
        isAway = true;
        resolve();
      };
      setTimeout(giveUp, FLUSH_MS_MAX).unref();
    });
    return Promise.race([flush().catch(() => {}), late]);
  };
  const onExit = () => {
    if (!isAway) flushNow();
  };
  const onIdle = () => {
    // A flush keeps the loop busy, so the event comes again: once is enough.
    if (isDone) return;
    isDone = true;
    void bounded();
  };
  const onSignal = (signal: NodeJS.Signals) => {
    const isOurs = process.listenerCount(signal) === 1;
    void bounded().then(() => {
      if (!isOurs) return;
      stop();
      process.kill(process.pid, signal);
    });
  };
  let crash: unknown;
  const onError = (error: unknown) => {
    if (process.listenerCount('uncaughtException') > 1 || crash !== undefined) return;
    crash = error ?? new Error('an uncaught error');
    // The default is printed and done by hand, because a listener switches it off.
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error) : String(error)}\n`);
    void bounded().then(() => process.exit(1));
  };
  const stop = () => {
    process.off('beforeExit', onIdle);
    process.off('exit', onExit);
    process.off('SIGTERM', onSignal);
    process.off('SIGINT', onSignal);
    process.off('uncaughtException', onError);
  };
  process.on('beforeExit', onIdle);
  process.on('exit', onExit);
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  process.on('uncaughtException', onError);
  return stop;
}
