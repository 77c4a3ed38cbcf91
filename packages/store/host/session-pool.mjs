/**
 * The sessions of the embedded engine, in two lanes: inserts have sessions of their own, so that
 * queries never starve loads and loads never starve queries. Waiting is bounded in number and in
 * time; past the bound a caller is told to come back.
 *
 * The engine has no interrupt. When the caller goes away, its statement runs on until
 * max_execution_time, and the session returns to the pool only when that promise settles.
 */
import { EngineError } from './engine-error.mjs';
import { createEngineSession } from './engine-session.mjs';

/**
 * @param {{ directory: string, querySessions: number, loadSessions: number, waitingMax: number,
 *           waitMsMax: number, engineArguments: readonly string[] }} options
 */
export async function createSessionPool(options) {
  const open = () => createEngineSession(options.directory, options.engineArguments);
  const lanes = {
    query: createLane(options.querySessions, open, options),
    load: createLane(options.loadSessions, open, options),
  };
  const version = await lanes.query.run(versionCall(), new AbortController().signal);
  return {
    version: Buffer.from(version).toString().trim(),
    /** @param {'query' | 'load'} lane */
    run: (lane, call, signal) => lanes[lane].run(call, signal),
    close: () => Promise.all([lanes.query.close(), lanes.load.close()]),
  };
}

function versionCall() {
  return { text: 'select version()', format: 'TSV', settings: new Map(), params: new Map() };
}

function createLane(size, open, { waitingMax, waitMsMax }) {
  const idle = Array.from({ length: size }, open);
  const waiting = [];
  let running = 0;
  let closed = false;

  /** Runs `call` on the next free session; rejects with code 202 when the line is too long. */
  async function run(call, signal) {
    const session = await take(signal);
    running++;
    try {
      return await session.run(call);
    } finally {
      running--;
      give(session);
    }
  }

  function take(signal) {
    if (closed) return Promise.reject(busy('the engine is stopping'));
    const session = idle.pop();
    if (session) return Promise.resolve(session);
    if (waiting.length >= waitingMax) {
      return Promise.reject(busy(`${waiting.length} statements are waiting already`));
    }
    return new Promise((resolve, reject) => {
      const entry = { resolve: leave(resolve), reject: leave(reject) };
      const timer = setTimeout(
        () => entry.reject(busy(`no session became free in ${waitMsMax} ms`)),
        waitMsMax,
      );
      const onAbort = () =>
        entry.reject(new EngineError(394, 'The client went away', 'QUERY_WAS_CANCELLED'));
      signal.addEventListener('abort', onAbort, { once: true });
      waiting.push(entry);
      function leave(settle) {
        return (value) => {
          clearTimeout(timer);
          signal.removeEventListener('abort', onAbort);
          const at = waiting.indexOf(entry);
          if (at >= 0) waiting.splice(at, 1);
          settle(value);
        };
      }
    });
  }

  function give(session) {
    if (waiting.length > 0) waiting[0].resolve(session);
    else idle.push(session);
  }

  /** Refuses what waits, lets what runs end, then closes the sessions. */
  async function close() {
    closed = true;
    for (const entry of [...waiting]) entry.reject(busy('the engine is stopping'));
    while (running > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    for (const session of idle) session.close();
  }

  return { run, close };
}

function busy(why) {
  return new EngineError(
    202,
    `Too many simultaneous queries: ${why}`,
    'TOO_MANY_SIMULTANEOUS_QUERIES',
  );
}
