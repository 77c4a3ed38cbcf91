/**
 * A real Kafka broker for tests: Apache's own jars, one node that is its own controller, in a folder
 * and on ports of its own, ended by its process id.
 *
 * The jars come through Maven into a folder that stays between runs. Where Java, Maven or the jars
 * are missing, `kafkaMissing` says so and the tests are skipped with that reason.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, connect as openSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

const VERSION = '3.9.1';
const START_MS_MAX = 60_000;

/** Name and password of the listeners that want a login. */
export const LOGIN = { username: 'clew', password: 'thread' } as const;

export interface KafkaBroker {
  /** `host:port`, open to everybody. */
  readonly plain: string;
  /** `host:port`, by any login. */
  readonly sasl: string;
  /** `host:port`, the same over TLS; there with certificates only, as is the next. */
  readonly saslTls: string;
  /** `host:port`, TLS with a certificate of the client. */
  readonly tls: string;
  stop(): Promise<void>;
}

/** Why there can be no broker here, or undefined. Fetches the jars when they are not there yet. */
export async function kafkaMissing(): Promise<string | undefined> {
  try {
    await run('java', ['-version']);
  } catch {
    return 'there is no Java here';
  }
  try {
    await jars();
    return undefined;
  } catch (error) {
    return `Kafka's jars cannot be had: ${(error as Error).message.split('\n')[0]}`;
  }
}

/** The folder of the jars; complete or not there at all. */
async function jars(): Promise<string> {
  const folder = join(tmpdir(), `clew-test-kafka-${VERSION}`);
  if (existsSync(folder)) return folder;
  const work = await mkdtemp(join(tmpdir(), 'clew-kafka-jars-'));
  try {
    await writeFile(join(work, 'pom.xml'), pom());
    const copy = 'dependency:copy-dependencies';
    await run('mvn', ['-q', '-B', copy, '-DoutputDirectory=jars'], { cwd: work, timeout: 240_000 });
    await rename(join(work, 'jars'), folder).catch((error: NodeJS.ErrnoException) => {
      if (!existsSync(folder)) throw error;
    });
    return folder;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function pom(): string {
  return `<project><modelVersion>4.0.0</modelVersion>
<groupId>clew</groupId><artifactId>kafka-for-tests</artifactId><version>1</version><dependencies>
<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId>
<version>${VERSION}</version></dependency></dependencies></project>`;
}

/** `certificates` is a folder that `certificates.ts` has filled. */
export async function startKafka(certificates?: string): Promise<KafkaBroker> {
  const classPath = join(await jars(), '*');
  const folder = await mkdtemp(join(tmpdir(), 'clew-kafka-'));
  const [plain, sasl, saslTls, tls, controller] = (await freePorts(5)) as Five;
  const config = join(folder, 'server.properties');
  await mkdir(join(folder, 'data'));
  const secured = certificates === undefined ? {} : await tlsProperties(folder, certificates);
  const names = { PLAIN: plain, SASL: sasl, SASLTLS: saslTls, TLS: tls };
  await writeFile(config, properties(folder, names, controller, secured));
  await writeFile(join(folder, 'log4j.properties'), LOG4J);
  const java = ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];
  const log = `-Dlog4j.configuration=file:${join(folder, 'log4j.properties')}`;
  const { username, password } = LOGIN;
  await run('java', [
    ...[...java, log, '-cp', classPath, 'kafka.tools.StorageTool', 'format'],
    ...['-t', 'AAAAAAAAAAAAAAAAAAAAAQ', '-c', config],
    ...SCRAM.flatMap((name) => ['-S', `${name}=[name=${username},password=${password}]`]),
  ]);
  const child = spawn('java', [...java, log, '-cp', classPath, 'kafka.Kafka', config], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let words = '';
  child.stdout.on('data', (text) => (words = (words + text).slice(-4000)));
  child.stderr.on('data', (text) => (words = (words + text).slice(-4000)));
  const stop = async () => {
    await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await until(plain, child, () => words);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    plain: `127.0.0.1:${plain}`,
    sasl: `127.0.0.1:${sasl}`,
    saslTls: `localhost:${saslTls}`,
    tls: `127.0.0.1:${tls}`,
    stop,
  };
}

type Five = [number, number, number, number, number];

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

async function until(port: number, child: ChildProcess, words: () => string): Promise<void> {
  for (const from = performance.now(); performance.now() - from < START_MS_MAX; ) {
    if (child.exitCode !== null) break;
    if (await isOpen(port)) return;
    await sleep(100);
  }
  throw new Error(`the broker did not start: ${words()}`);
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = openSocket(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** The broker must be told its ports before it starts. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

const LOG4J = `log4j.rootLogger=WARN, out
log4j.appender.out=org.apache.log4j.ConsoleAppender
log4j.appender.out.layout=org.apache.log4j.PatternLayout
log4j.appender.out.layout.ConversionPattern=%p %m%n
`;

const SCRAM = ['SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;

type Ports = Readonly<Record<'PLAIN' | 'SASL' | 'SASLTLS' | 'TLS', number>>;
type Properties = Readonly<Record<string, string | number | boolean>>;

function properties(folder: string, ports: Ports, controller: number, secured: Properties): string {
  const isSecured = Object.keys(secured).length > 0;
  const open = Object.entries(ports).filter(([name]) => isSecured || !name.endsWith('TLS'));
  // One of the two is met by its name, so that both kinds of addresses are.
  const host = (name: string) => (name === 'SASLTLS' ? 'localhost' : '127.0.0.1');
  const listeners = open.map(([name, port]) => `${name}://${host(name)}:${port}`);
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    listeners: [...listeners, `CONTROLLER://127.0.0.1:${controller}`],
    'advertised.listeners': listeners,
    'listener.security.protocol.map':
      'PLAIN:PLAINTEXT,SASL:SASL_PLAINTEXT,SASLTLS:SASL_SSL,TLS:SSL,CONTROLLER:PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAIN',
    ...loginProperties('sasl'),
    ...(isSecured ? loginProperties('sasltls') : {}),
    ...secured,
    'log.dirs': join(folder, 'data'),
    'num.partitions': 3,
    'offsets.topic.num.partitions': 1,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1000,
    'auto.create.topics.enable': true,
  })
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

function loginProperties(listener: string): Properties {
  const security = 'org.apache.kafka.common.security';
  const { username, password } = LOGIN;
  const prefix = `listener.name.${listener}`;
  const scram = `${security}.scram.ScramLoginModule required;`;
  return {
    [`${prefix}.sasl.enabled.mechanisms`]: ['PLAIN', ...SCRAM].join(','),
    [`${prefix}.plain.sasl.jaas.config`]: `${security}.plain.PlainLoginModule required user_${username}="${password}";`,
    ...Object.fromEntries(
      SCRAM.map((name) => [`${prefix}.${name.toLowerCase()}.sasl.jaas.config`, scram]),
    ),
  };
}

/** Brokers want key and certificate in one file. */
async function tlsProperties(folder: string, certificates: string): Promise<Properties> {
  const own = join(folder, 'server.pem');
  const [key, cert] = await Promise.all(
    ['server.key', 'server.pem'].map((name) => readFile(join(certificates, name), 'utf8')),
  );
  await writeFile(own, `${key}${cert}`);
  return {
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': own,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': join(certificates, 'ca.pem'),
    'listener.name.tls.ssl.client.auth': 'required',
  };
}
