/**
 * Checks of the server side: is one running, are its ports to be had, does its engine open.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ListenSetting, portError, portProblems } from '../serve/ports.ts';
import type { ServerClient } from '../server-client.ts';
import type { SettingValue } from '../settings/setting.ts';
import { printSize } from '../terminal/numbers.ts';
import { bad, type Finding, good, warning } from './finding.ts';

type Values = Readonly<Record<string, SettingValue>>;

export interface RunningServer {
  readonly version: string;
  readonly engine: 'ready' | 'starting' | 'down';
  readonly acceptedSpans: number;
  readonly forward?: readonly {
    readonly name: string;
    readonly endpoint: string;
    readonly isUp: boolean;
    readonly failure: string;
    readonly waitingBytes: number;
    readonly lagMs: number;
    readonly sentSpans: number;
    readonly droppedSpans: Readonly<Record<string, number>>;
  }[];
  readonly kafka?: {
    readonly isUp: boolean;
    readonly failure: string;
    readonly messages: number;
    readonly poison: number;
  };
}

/** Undefined when nothing answers there, or something else does. */
export async function findServer(client: ServerClient): Promise<RunningServer | undefined> {
  const status = await client.get<Partial<RunningServer>>('/api/v1/status').catch(() => undefined);
  return typeof status?.version === 'string' ? (status as RunningServer) : undefined;
}

export function checkServer(server: RunningServer | undefined, url: string): Finding {
  if (server === undefined) {
    return warning('server', `none answers at ${url}`, 'start one with `clew serve`');
  }
  return good('server', `Clew ${server.version} at ${url}, ${server.acceptedSpans} spans taken`);
}

/** A port that a running server of ours holds is as it should be. */
export async function checkPorts(values: Values, isRunning: boolean): Promise<Finding[]> {
  const listens: ListenSetting[] = Object.entries(values)
    .filter(([key]) => key.startsWith('listen.'))
    .map(([key, address]) => ({ key, address: String(address) }));
  const problems = await portProblems(listens);
  return listens.map((listen) => {
    const check = `port ${listen.key.slice('listen.'.length)}`;
    if (listen.address === 'off') return good(check, 'off');
    const problem = problems.find(({ key }) => key === listen.key);
    if (problem === undefined) {
      return isRunning
        ? warning(
            check,
            `${listen.address} is free, though a server runs`,
            'is it switched off there?',
          )
        : good(check, `${listen.address} is free`);
    }
    if (isRunning && problem.code === 'EADDRINUSE') {
      return good(check, `${listen.address} is in use while a server runs`);
    }
    const { message, hint } = portError([problem]);
    return bad(check, message, hint ?? '');
  });
}

export async function checkEngine(
  values: Values,
  server: RunningServer | undefined,
): Promise<Finding> {
  if (server !== undefined) {
    return server.engine === 'ready'
      ? good('engine', 'ready, says the running server')
      : bad('engine', `${server.engine}, says the running server`, 'look at the log of the server');
  }
  const url = String(values['clickhouse.url'] ?? '');
  return url === '' ? openEmbedded(String(values['data_dir'])) : pingRemote(url);
}

/** Opens the engine where the server would; a directory that is not there yet is not made. */
async function openEmbedded(dataDir: string): Promise<Finding> {
  const isThere = existsSync(join(dataDir, 'engine'));
  const folder = isThere ? dataDir : await mkdtemp(join(tmpdir(), 'clew-doctor-'));
  const start = performance.now();
  try {
    const { openEngine } = await import('@clew/store');
    const engine = await openEngine({
      place: { kind: 'embedded', dataDir: folder },
      log: () => undefined,
    });
    const ms = Math.round(performance.now() - start);
    const version = engine.version();
    await engine.close();
    return good('engine', `embedded ${version} opens in ${ms} ms${isThere ? '' : ' (empty)'}`);
  } catch (error) {
    const { name, message } = error as Error;
    if (name === 'DataDirectoryTaken') {
      return warning('engine', message, 'name the running server with --server URL');
    }
    return bad('engine', `does not open: ${message}`, 'run `clew serve` and read its log');
  } finally {
    if (!isThere) await rm(folder, { recursive: true, force: true });
  }
}

/** `/ping` needs no user and changes nothing. */
async function pingRemote(url: string): Promise<Finding> {
  try {
    const response = await fetch(new URL('/ping', url), { signal: AbortSignal.timeout(5_000) });
    if (response.ok) return good('engine', `remote ClickHouse answers at ${url}`);
    return bad('engine', `${url} answered ${response.status}`, 'is it the HTTP port (8123)?');
  } catch (error) {
    const { reasonOf } = await import('../server-client.ts');
    return bad('engine', `no answer from ${url}: ${reasonOf(error)}`, 'check --clickhouse.url');
  }
}

/** Every destination of the running server, and Kafka: are they reached, and how far behind are they? */
export function checkPeers(server: RunningServer | undefined): Finding[] {
  const { forward = [], kafka } = server ?? {};
  const findings = forward.map(({ name, endpoint, ...one }) => {
    const check = `forward ${name}`;
    const dropped = Object.entries(one.droppedSpans).map(([reason, n]) => `${n} ${reason}`);
    const lag = `${printSize(one.waitingBytes)} wait, ${Math.round(one.lagMs / 1000)} s behind`;
    const found = [`${endpoint}: ${one.sentSpans} spans sent`, lag, ...dropped].join(', ');
    if (!one.isUp) {
      return bad(check, `${found}; ${one.failure}`, 'see that it runs and takes these credentials');
    }
    return dropped.length === 0
      ? good(check, found)
      : warning(check, found, 'the log names why, ingest_ledger counts it by minute');
  });
  if (kafka === undefined) return findings;
  const found = `${kafka.messages} messages read, ${kafka.poison} could not be`;
  return [
    ...findings,
    kafka.isUp
      ? good('kafka', found)
      : bad(
          'kafka',
          `${found}; ${kafka.failure}`,
          'check kafka.brokers, kafka.topics and the login',
        ),
  ];
}

/** What the engine refused is kept aside by the collector; somebody should look at it. */
export async function checkQuarantine(dataDir: string): Promise<Finding> {
  const folder = join(dataDir, 'spool', 'quarantine');
  const files = await readdir(folder).catch(() => []);
  if (files.length === 0) return good('quarantine', 'empty');
  return warning(
    'quarantine',
    `${files.length} files in ${folder}`,
    'the log names why each is there',
  );
}
