/**
 * Settings → destinations: every field with its value, secrets put in, mistakes named.
 *
 * Never knows: sockets, files; what a destination answers.
 */
import type { KafkaSentEncoding } from '../kafka/messages.ts';
import type { SettingValues } from '../settings.ts';
import { destinationItems } from './settings.ts';

export type ForwardProtocol = 'otlp_http' | 'otlp_grpc' | 'zipkin' | 'kafka';

export interface Destination {
  readonly name: string;
  readonly protocol: ForwardProtocol;
  /** A URL; for Kafka `host:port`, several with commas between. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly compression: 'none' | 'gzip';
  readonly tls: TlsFiles;
  readonly bytesMax: number;
  readonly ageMaxMs: number;
  readonly batchBytes: number;
  readonly timeoutMs: number;
  readonly kafka: {
    readonly topic: string;
    readonly encoding: KafkaSentEncoding;
    readonly sasl: Sasl | undefined;
    readonly isTls: boolean;
  };
}

/** Paths of PEM files; empty ones are not used. */
export interface TlsFiles {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  /** Whether any certificate of the other side is taken. */
  readonly isInsecure: boolean;
}

export interface Sasl {
  readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
  readonly username: string;
  readonly password: string;
}

type Env = Readonly<Record<string, string | undefined>>;
type Row = Readonly<Record<string, unknown>>;

/** The name of the destination that `forward.endpoint` makes. */
const SIMPLE_NAME = 'default';

/** @throws Error that names the entry, what was found and what was wanted. */
export function readDestinations(
  read: (key: string) => SettingValues[string],
  env: Env,
): readonly Destination[] {
  const rows = JSON.parse(String(read('forward.destinations') ?? '[]')) as Row[];
  if (String(read('forward.endpoint') ?? '') !== '') rows.unshift(simpleRow(read));
  const destinations = rows.map((row) => destination(row, env));
  const names = destinations.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) {
    throw new Error(
      `forward.destinations: found two called ${twice}, wanted a name of its own for each`,
    );
  }
  return destinations;
}

function simpleRow(read: (key: string) => SettingValues[string]): Row {
  const keys = ['endpoint', 'protocol', 'headers', 'compression', 'bytes_max', 'age_max'];
  return Object.fromEntries([
    ['name', SIMPLE_NAME],
    ...keys.map((key) => [key, read(`forward.${key}`)]),
  ]);
}

const defaults = new Map(destinationItems.map((item) => [item.key, item.default]));

function destination(row: Row, env: Env): Destination {
  const of = (key: string) => row[key] ?? defaults.get(key);
  const text = (key: string) => String(of(key) ?? '');
  const name = checkName(text('name'));
  const protocol = text('protocol') as ForwardProtocol;
  const secret = (value: string) => withEnvironment(value, env, `destination ${name}`);
  const headers = mapOf(of('headers'));
  return {
    name,
    protocol,
    endpoint: checkEndpoint(name, protocol, text('endpoint')),
    headers: Object.fromEntries(
      Object.entries(headers).map(([key, value]) => checkHeader(name, key, secret(String(value)))),
    ),
    compression: text('compression') as Destination['compression'],
    tls: {
      ca: text('tls.ca'),
      cert: text('tls.cert'),
      key: text('tls.key'),
      isInsecure: of('tls.insecure') === true,
    },
    bytesMax: Number(of('bytes_max')),
    ageMaxMs: Number(of('age_max')),
    batchBytes: Number(of('batch_bytes')),
    timeoutMs: Number(of('timeout')),
    kafka: {
      topic: text('topic'),
      encoding: text('encoding') as Destination['kafka']['encoding'],
      sasl: saslOf(text('sasl.mechanism'), text('sasl.username'), secret(text('sasl.password'))),
      isTls: of('tls.enabled') === true,
    },
  };
}

/** Login facts, or undefined when there is no mechanism. */
export function saslOf(mechanism: string, username: string, password: string): Sasl | undefined {
  if (mechanism === 'none' || mechanism === '') return undefined;
  return { mechanism: mechanism as Sasl['mechanism'], username, password };
}

/** Headers travel as JSON text through the settings, or as an object through tests. */
function mapOf(value: unknown): Record<string, string> {
  return typeof value === 'string' ? JSON.parse(value) : ((value ?? {}) as Record<string, string>);
}

/** Names become files and labels. */
function checkName(name: string): string {
  if (/^[A-Za-z0-9][\w.-]{0,62}$/.test(name)) return name;
  throw new Error(
    `forward.destinations: found the name "${name}", wanted letters, digits, dots, dashes and underscores, at most 63`,
  );
}

/** Lower case; a value is never told, it may be a secret. https://www.rfc-editor.org/rfc/rfc9110#section-5.1 */
function checkHeader(name: string, key: string, value: string): [string, string] {
  const isName = /^[\w!#$%&'*+.^`|~-]+$/.test(key);
  if (isName && /^[\t\x20-\x7e\x80-\xff]*$/.test(value)) return [key.toLowerCase(), value];
  const found = isName ? `a value of ${key} that no header can have` : `the header name "${key}"`;
  throw new Error(
    `forward destination ${name}: found ${found}, wanted a name and a value without control characters and line breaks`,
  );
}

function checkEndpoint(name: string, protocol: ForwardProtocol, endpoint: string): string {
  const wanted = protocol === 'kafka' ? 'host:port,host:port' : 'a URL such as http://host:4318';
  const isGood =
    protocol === 'kafka'
      ? endpoint.split(',').every((one) => /^\s*[^\s:/]+:\d{1,5}\s*$/.test(one))
      : URL.canParse(endpoint) && /^https?:$/.test(new URL(endpoint).protocol);
  if (isGood) return endpoint;
  throw new Error(
    `forward destination ${name}: found the endpoint "${endpoint}", wanted ${wanted} for ${protocol}`,
  );
}

/** `${env:NAME}` → the variable, so that no secret has to stand in a file. */
export function withEnvironment(text: string, env: Env, where: string): string {
  return text.replace(/\$\{env:(\w+)\}/g, (_, name: string) => {
    const value = env[name];
    if (value !== undefined) return value;
    throw new Error(`${where}: the environment variable ${name} is not set`);
  });
}
