/**
 * Where and how OTLP is sent: code, then the variables of traces, then the general ones.
 * Never knows: HTTP.
 *
 * Source: https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 */

import { readFileSync } from 'node:fs';
import { diag } from '@opentelemetry/api';
import { type Env, envNumber, envPairs, envText } from '../env.ts';

export interface OtlpOptions {
  /** The whole address, used as it is. */
  readonly url?: string;
  readonly protocol?: OtlpProtocol;
  readonly headers?: Readonly<Record<string, string>>;
  /** For one batch, with all its repetitions. */
  readonly timeoutMillis?: number;
  readonly compression?: 'gzip' | 'none';
  /** TLS material as PEM; from the environment it comes as file names. */
  readonly ca?: string | Buffer;
  readonly key?: string | Buffer;
  readonly cert?: string | Buffer;
}

export type OtlpProtocol = 'http/protobuf' | 'http/json' | 'grpc';

export interface OtlpSettings {
  readonly url: URL;
  readonly protocol: OtlpProtocol;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly isGzip: boolean;
  readonly tls: { ca?: string | Buffer; key?: string | Buffer; cert?: string | Buffer };
}

const DEFAULT_BASE = 'http://localhost:4318';
const DEFAULT_GRPC = 'http://localhost:4317';
const TIMEOUT_MS = 10_000;

export function otlpSettings(given: OtlpOptions = {}, env: Env = process.env): OtlpSettings {
  const read = (name: string) =>
    envText(env, `OTEL_EXPORTER_OTLP_TRACES_${name}`) ?? envText(env, `OTEL_EXPORTER_OTLP_${name}`);
  const file = (name: string) => readPem(name, read(name));
  const protocol = given.protocol ?? protocolOf(read('PROTOCOL'));
  const tls = {
    ca: given.ca ?? file('CERTIFICATE'),
    key: given.key ?? file('CLIENT_KEY'),
    cert: given.cert ?? file('CLIENT_CERTIFICATE'),
  };
  return {
    url: protocol === 'grpc' ? grpcUrl(given.url, env) : urlOf(given.url, env),
    protocol,
    headers: sendable({
      ...Object.fromEntries(envPairs(env, 'OTEL_EXPORTER_OTLP_HEADERS')),
      ...Object.fromEntries(envPairs(env, 'OTEL_EXPORTER_OTLP_TRACES_HEADERS')),
      ...given.headers,
    }),
    timeoutMs:
      given.timeoutMillis ??
      envNumber(env, 'OTEL_EXPORTER_OTLP_TRACES_TIMEOUT', 1) ??
      envNumber(env, 'OTEL_EXPORTER_OTLP_TIMEOUT', 1) ??
      TIMEOUT_MS,
    isGzip: (given.compression ?? read('COMPRESSION')) === 'gzip',
    tls: Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined)),
  };
}

/** What HTTP allows, as Node checks it for every request: a token, and no control characters. */
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Without those that cannot be sent; values may be secret and are not said. */
function sendable(headers: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(headers).filter(([name, value]) => {
    const isGood = NAME.test(name) && VALUE.test(value);
    if (!isGood) diag.warn(`OTLP header "${name}": found what HTTP does not allow; left out`);
    return isGood;
  });
  return Object.fromEntries(entries);
}

/** The base gets `v1/traces` appended; the address of the signal is used as it is. */
function urlOf(given: string | undefined, env: Env): URL {
  const own = given ?? envText(env, 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT');
  const base = envText(env, 'OTEL_EXPORTER_OTLP_ENDPOINT') ?? DEFAULT_BASE;
  const text = own ?? `${base.replace(/\/+$/, '')}/v1/traces`;
  if (URL.canParse(text) && /^https?:/.test(text)) return new URL(text);
  diag.error(`OTLP endpoint: found "${text}", wanted an http or https address; default used`);
  return new URL(`${DEFAULT_BASE}/v1/traces`);
}

/**
 * gRPC takes scheme and authority; a target without a scheme is secure unless the variable INSECURE
 * says otherwise.
 */
function grpcUrl(given: string | undefined, env: Env): URL {
  const read = (name: string) =>
    envText(env, `OTEL_EXPORTER_OTLP_TRACES_${name}`) ?? envText(env, `OTEL_EXPORTER_OTLP_${name}`);
  const text = given ?? read('ENDPOINT') ?? DEFAULT_GRPC;
  const isInsecure = read('INSECURE')?.toLowerCase() === 'true';
  const whole = /^[a-z]+:\/\//i.test(text) ? text : `${isInsecure ? 'http' : 'https'}://${text}`;
  if (URL.canParse(whole) && /^https?:/i.test(whole)) return new URL(whole);
  diag.error(`OTLP endpoint: found "${text}", wanted host:port or an address; default used`);
  return new URL(DEFAULT_GRPC);
}

function protocolOf(text: string | undefined): OtlpProtocol {
  if (text === undefined || text === 'http/protobuf') return 'http/protobuf';
  if (text === 'http/json' || text === 'grpc') return text;
  const wanted = 'http/protobuf, http/json or grpc';
  diag.warn(`OTLP protocol: found "${text}", wanted ${wanted}; the first is used`);
  return 'http/protobuf';
}

function readPem(name: string, path: string | undefined): Buffer | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path);
  } catch (error) {
    diag.error(`OTEL_EXPORTER_OTLP_${name}: "${path}" cannot be read; ignored`, error);
    return undefined;
  }
}
