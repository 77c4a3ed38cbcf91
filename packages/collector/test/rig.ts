/**
 * A collector in a folder of its own, on free ports, with everything a test wants to look at.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from '@clew/store';
import { listeners } from '@clew/translate';
import { type Collector, createCollector } from '../src/index.ts';
import { createMemoryEngine, type MemoryEngine } from './memory-engine.ts';

export interface Logged {
  readonly level: string;
  readonly message: string;
  readonly fields: Record<string, unknown>;
}

export interface Rig<E extends Engine = MemoryEngine> {
  readonly engine: E;
  readonly collector: Collector;
  readonly dataDir: string;
  readonly spoolDir: string;
  readonly http: string;
  readonly grpc: string;
  /** Where a listener that the settings opened is; `listen.<name>` is off unless given. */
  url(name: string): string;
  readonly logged: readonly Logged[];
  readonly fatal: readonly Error[];
  /** Stops the collector and starts another on the same folder and engine. */
  restart(settings?: Settings): Promise<Rig<E>>;
  stop(): Promise<void>;
}

export type Settings = Record<string, string | number | boolean>;

/** Starts with the memory engine unless given one. */
export async function startRig(settings?: Settings): Promise<Rig>;
export async function startRig<E extends Engine>(
  settings: Settings | undefined,
  engine: E,
  dataDir?: string,
): Promise<Rig<E>>;
export async function startRig(
  settings: Settings = {},
  engine: Engine = createMemoryEngine(),
  dataDir?: string,
): Promise<Rig<Engine>> {
  const dir = dataDir ?? (await mkdtemp(join(tmpdir(), 'clew-collector-')));
  const logged: Logged[] = [];
  const fatal: Error[] = [];
  const create = () =>
    createCollector({
      engine,
      settings: {
        data_dir: dir,
        ...Object.fromEntries(listeners.map(({ name }) => [`listen.${name}`, 'off'])),
        'listen.otlp_http': '127.0.0.1:0',
        'listen.otlp_grpc': '127.0.0.1:0',
        'listen.sampling': 'off',
        'spool.disk_free_min': 0,
        ...settings,
      },
      log: (level, message, fields = {}) => logged.push({ level, message, fields }),
      nowMs: Date.now,
      onFatal: (error) => fatal.push(error),
    });
  // Settings that contradict each other already throw when the collector is made.
  const started = async () => {
    const made = create();
    return { collector: made, listening: await made.start() };
  };
  const { collector, listening } = await started().catch(async (error: Error) => {
    if (dataDir === undefined) await rm(dir, { recursive: true, force: true });
    throw error;
  });
  const port = (name: string) => listening.find((each) => each.name === name);
  return {
    engine,
    collector,
    dataDir: dir,
    spoolDir: join(dir, 'spool'),
    http: port('otlp_http')?.url ?? '',
    grpc: `127.0.0.1:${port('otlp_grpc')?.port}`,
    url(name) {
      const found = port(name);
      if (found === undefined) throw new Error(`listener ${name} is off`);
      return found.url;
    },
    logged,
    fatal,
    async restart(more = {}) {
      await collector.stop();
      return startRig({ ...settings, ...more }, engine, dir);
    },
    async stop() {
      await collector.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Sends a request over OTLP/HTTP and reads the answer. */
export async function post(
  url: string,
  body: Uint8Array | string,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; body: Buffer }> {
  const response = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    body: body as BodyInit,
    headers: { 'content-type': 'application/x-protobuf', ...headers },
  });
  return {
    status: response.status,
    headers: response.headers,
    body: Buffer.from(await response.arrayBuffer()),
  };
}
