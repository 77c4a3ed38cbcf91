/**
 * Starts the engine host, watches it, and starts it again when it dies: at once the first time, then
 * with a growing pause, so that a host that cannot live does not eat the machine.
 * Never knows: what the host is asked.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Log } from './statement.ts';

/** The message that starts a host; read by host/main.mjs. */
export type HostStart = {
  readonly kind: 'start';
  readonly directory: string;
  readonly token: string;
  readonly querySessions: number;
  readonly loadSessions: number;
  /** Statements that may wait for a session, per lane, and for how long. */
  readonly waitingMax: number;
  readonly waitMsMax: number;
  readonly bodyBytesMax: number;
  readonly engineArguments: readonly string[];
};

export type HostOptions = Omit<HostStart, 'kind' | 'token'>;

export type HostAddress = {
  readonly url: string;
  readonly token: string;
  readonly version: string;
};

type HostMessage =
  | { kind: 'ready'; port: number; version: string }
  | { kind: 'failed'; message: string };

export type HostProcess = {
  state(): 'starting' | 'ready' | 'down';
  pid(): number | undefined;
  /** Ends the host at once; it is started again. */
  kill(): void;
  /** Ends the host in order and stays down. */
  stop(): Promise<void>;
};

const entry = fileURLToPath(new URL('../host/main.mjs', import.meta.url));

/**
 * Pauses before the n-th restart in a row. A host that was ready and died is back within 3 s, the
 * pause included, however often that happens; one that never becomes ready is not hurried.
 */
const pausesMs = { wasReady: [0, 250, 500, 1000], neverReady: [500, 1000, 2000, 5000, 10_000] };
/** A host that lived this long starts the pauses from the beginning. */
const healthyAfterMs = 10_000;
/** A step above the default of 0: about a third of a core's share beside a busy collector. */
const hostNiceness = 5;
const startMsMax = 60_000;
const stopMsMax = 10_000;
/** A host that does not answer /ping this many times in a row hangs in native code: it is killed. */
const pingEveryMs = 2000;
const pingsMissedMax = 5;

/**
 * @param onReady called with the address of every host that comes up, the first included; the host
 *   counts as ready once it resolves
 * @returns when the first host is ready
 * @throws when the first host cannot start
 */
export async function superviseHost(
  options: HostOptions,
  onReady: (address: HostAddress) => Promise<void>,
  log: Log,
): Promise<HostProcess> {
  let child: ChildProcess | undefined;
  let state: 'starting' | 'ready' | 'down' = 'starting';
  let stopping = false;
  /** False until the first host was ready: a first start that fails is the caller's to hear. */
  let isSupervised = false;
  let failures = 0;
  let pause: NodeJS.Timeout | undefined;

  async function start(): Promise<void> {
    state = 'starting';
    const born = Date.now();
    const token = randomBytes(24).toString('base64url');
    const host = spawnHost(options);
    child = host;
    host.once('exit', (code, signal) => onExit(host, born, code, signal));
    const ready = await firstMessage(host, { kind: 'start', token, ...options });
    await onReady({ url: `http://127.0.0.1:${ready.port}`, token, version: ready.version });
    if (child === host) state = 'ready';
    watch(host, ready.port, log);
    log('info', 'engine ready', { pid: host.pid, version: ready.version, ms: Date.now() - born });
  }

  function onExit(host: ChildProcess, born: number, code: number | null, signal: string | null) {
    if (child !== host) return;
    const wasReady = state === 'ready';
    child = undefined;
    state = 'down';
    if (stopping || !isSupervised) return;
    log('error', 'engine host ended', { pid: host.pid, code, signal });
    failures = Date.now() - born > healthyAfterMs ? 0 : failures;
    const pauses = wasReady ? pausesMs.wasReady : pausesMs.neverReady;
    pause = setTimeout(restart, pauses[Math.min(failures++, pauses.length - 1)]);
  }

  function restart(): void {
    start().catch((error: unknown) => {
      log('error', 'engine host did not start', { error: String(error) });
      child?.kill('SIGKILL');
    });
  }

  try {
    await start();
    isSupervised = true;
  } catch (error) {
    stopping = true;
    (child as ChildProcess | undefined)?.kill('SIGKILL');
    throw error;
  }

  return {
    state: () => state,
    pid: () => child?.pid,
    kill: () => void child?.kill('SIGKILL'),
    async stop() {
      stopping = true;
      clearTimeout(pause);
      if (child) await stopHost(child);
      state = 'down';
    },
  };
}

/** Kills a host whose event loop is stuck; its exit then restarts it. */
function watch(host: ChildProcess, port: number, log: Log): void {
  let missed = 0;
  const timer = setInterval(async () => {
    const signal = AbortSignal.timeout(pingEveryMs);
    const isAlive = await fetch(`http://127.0.0.1:${port}/ping`, { signal }).then(
      (answer) => answer.ok,
      () => false,
    );
    missed = isAlive ? 0 : missed + 1;
    if (missed < pingsMissedMax || host.exitCode !== null || host.signalCode !== null) return;
    log('error', 'engine host hangs', { pid: host.pid, silentMs: missed * pingEveryMs });
    host.kill('SIGKILL');
  }, pingEveryMs);
  timer.unref();
  host.once('exit', () => clearInterval(timer));
}

function spawnHost(options: HostOptions): ChildProcess {
  mkdirSync(options.directory, { recursive: true });
  const threads = options.querySessions + options.loadSessions + 4;
  const host = fork(entry, [], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [],
    // The engine leaves a folder of parsed schemas where it runs; that must not be the caller's.
    cwd: options.directory,
    // Every running statement occupies one of libuv's threads.
    env: { ...process.env, UV_THREADPOOL_SIZE: String(threads) },
  });
  yieldTo(host);
  return host;
}

/**
 * Where cores are few, loads and merges use all of them. Senders wait for acknowledgements, nobody
 * waits for a merge: the collector's process goes first.
 */
function yieldTo(host: ChildProcess): void {
  try {
    if (host.pid !== undefined) setPriority(host.pid, hostNiceness);
  } catch {
    // Not allowed here: everything still works, acknowledgements are only less even.
  }
}

function firstMessage(host: ChildProcess, start: HostStart) {
  return new Promise<HostMessage & { kind: 'ready' }>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`the engine host did not start within ${startMsMax} ms`)),
      startMsMax,
    );
    const settle = (outcome: () => void) => {
      clearTimeout(timer);
      outcome();
    };
    host.once('message', (message: HostMessage) => {
      settle(() =>
        message.kind === 'ready' ? resolve(message) : reject(new Error(message.message)),
      );
    });
    host.once('exit', (code, signal) => {
      settle(() =>
        reject(new Error(`the engine host ended at start (${signal ?? `code ${code}`})`)),
      );
    });
    host.send(start, (error) => error && settle(() => reject(error)));
  });
}

async function stopHost(host: ChildProcess): Promise<void> {
  const ended = new Promise<void>((resolve) => host.once('exit', () => resolve()));
  if (host.connected) host.send({ kind: 'stop' }, () => {});
  else host.kill('SIGKILL');
  const timer = setTimeout(() => host.kill('SIGKILL'), stopMsMax);
  await ended;
  clearTimeout(timer);
}
