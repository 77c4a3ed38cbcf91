/**
 * Ctrl-C and SIGTERM: the first ends everything in order, the second at once.
 */
import { constants } from 'node:os';
import type { Terminal } from '../terminal/terminal.ts';

/**
 * The promise is ten seconds. The collector bounds itself at nine and the engine ends in a blink;
 * past this something hangs, and waiting helps nobody.
 */
const STOP_MS_MAX = 9_800;

const LINGER_MS_MAX = 500;

type StopSignal = 'SIGINT' | 'SIGTERM';

/**
 * Waits for a signal (or `until`), runs `stop`, answers the exit code: 0 after an orderly end,
 * 1 when it took too long. A second signal ends the process with 128 + its number.
 */
export async function stopOnSignal(
  stop: () => Promise<void>,
  terminal: Terminal,
  until: Promise<unknown> = new Promise(() => undefined),
): Promise<number> {
  const signal = firstSignal();
  const why = await Promise.race([signal, until]);
  if (terminal.isErrTty && why === 'SIGINT') {
    terminal.err('\nstopping; once more to stop at once\n');
  }
  if (await endsWithin(stop(), STOP_MS_MAX)) {
    // Everything ended; a handle that was forgotten must not keep the process.
    setTimeout(() => process.exit(0), LINGER_MS_MAX).unref();
    return 0;
  }
  terminal.err(`✕ not everything ended within ${STOP_MS_MAX / 1000} s; leaving it\n`);
  // What hangs would keep the process alive.
  process.exit(1);
}

function firstSignal(): Promise<StopSignal> {
  return new Promise((resolve) => {
    let signals = 0;
    const onSignal = (name: StopSignal) => {
      signals++;
      if (signals > 1) process.exit(128 + constants.signals[name]);
      resolve(name);
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
}

async function endsWithin(work: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const isInTime = await Promise.race([work.then(() => true as const), late]);
  clearTimeout(timer);
  return isInTime;
}
