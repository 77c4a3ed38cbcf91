/**
 * Sends batches by OTLP over gRPC. `@grpc/grpc-js` is an optional peer that is loaded with the first
 * batch, so who does not use gRPC needs not have it. Never knows: spans.
 *
 * Source: https://opentelemetry.io/docs/specs/otlp/#otlpgrpc
 */

import { createReader } from '@clew/wire';
import type { Client, Metadata, ServiceError } from '@grpc/grpc-js';
import { diag } from '@opentelemetry/api';
import type { BatchExporter } from '../batch/batch-processor.ts';
import type { SpanBatch } from '../batch/span-bin.ts';
import { SDK_VERSION } from '../detect.ts';
import type { Env } from '../env.ts';
import { reportPartial } from './otlp-answer.ts';
import { type OtlpOptions, type OtlpSettings, otlpSettings } from './otlp-settings.ts';
import { delayMs } from './retry.ts';
import { sendNow } from './send-now.ts';

type Grpc = typeof import('@grpc/grpc-js');

const METHOD = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const REQUEST_BYTES_MAX = 64 * 1024 * 1024;
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;
const GZIP = 2;
/** CANCELLED, DEADLINE_EXCEEDED, ABORTED, OUT_OF_RANGE, UNAVAILABLE, DATA_LOSS. */
const RETRYABLE = new Set([1, 4, 10, 11, 14, 15]);
const RESOURCE_EXHAUSTED = 8;

export class OtlpGrpcExporter implements BatchExporter {
  readonly #settings: OtlpSettings;
  readonly #inFlight = new Set<Promise<boolean>>();
  #grpc: Grpc | undefined;
  #client: Client | undefined;
  #isShutDown = false;

  constructor(options: OtlpOptions = {}, env: Env = process.env) {
    this.#settings = otlpSettings({ ...options, protocol: 'grpc' }, env);
  }

  send(batch: SpanBatch): Promise<boolean> {
    const work = this.#deliver(batch).catch((error: unknown) => {
      diag.error(`${batch.spans} spans could not be sent to ${this.#settings.url.host}`, error);
      return false;
    });
    this.#inFlight.add(work);
    return work.finally(() => this.#inFlight.delete(work));
  }

  sendNow(batches: readonly SpanBatch[]): readonly boolean[] {
    const { url, headers, tls } = this.#settings;
    const address = `${url.origin}${METHOD}`;
    return sendNow(batches.map(({ body }) => ({ url: address, headers, body, tls, isGrpc: true })));
  }

  async forceFlush(): Promise<void> {
    await Promise.all(this.#inFlight);
  }

  async shutdown(): Promise<void> {
    this.#isShutDown = true;
    await this.forceFlush();
    this.#client?.close();
  }

  async #deliver({ body, spans }: SpanBatch): Promise<boolean> {
    if (this.#isShutDown) throw new Error('the exporter is shut down');
    if (body.length > REQUEST_BYTES_MAX) throw new Error('the batch is larger than 64 MiB');
    const client = await this.#connect();
    const deadlineMs = Date.now() + this.#settings.timeoutMs;
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.#call(client, body, deadlineMs);
      if (outcome instanceof Uint8Array) {
        await reportPartial(outcome, 'grpc', spans);
        return true;
      }
      const waitMs = waitOf(outcome, attempt);
      if (waitMs === undefined || Date.now() + waitMs >= deadlineMs) throw outcome;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }

  async #connect(): Promise<Client> {
    if (this.#client !== undefined) return this.#client;
    const grpc = await loadGrpc();
    this.#grpc = grpc;
    const { url, tls, isGzip } = this.#settings;
    const pem = (text: string | Buffer | undefined) => (text ? Buffer.from(text) : null);
    const credentials =
      url.protocol === 'https:'
        ? grpc.credentials.createSsl(pem(tls.ca), pem(tls.key), pem(tls.cert))
        : grpc.credentials.createInsecure();
    const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
    this.#client ??= new grpc.Client(`${url.hostname}:${port}`, credentials, {
      'grpc.primary_user_agent': `OTel-OTLP-Exporter-Clew/${SDK_VERSION}`,
      'grpc.max_receive_message_length': ANSWER_BYTES_MAX,
      'grpc.max_send_message_length': REQUEST_BYTES_MAX,
      'grpc.enable_retries': 0,
      ...(isGzip ? { 'grpc.default_compression_algorithm': GZIP } : {}),
    });
    return this.#client;
  }

  /** The bytes of the answer, or the error that the server or the connection gave. */
  #call(
    client: Client,
    body: Uint8Array,
    deadline: number,
  ): Promise<Uint8Array | ServiceError | Error> {
    const same = (bytes: Buffer) => bytes;
    return new Promise((resolve) => {
      const done = (error: ServiceError | null, answer?: Buffer) =>
        resolve(error ?? answer ?? new Uint8Array(0));
      try {
        const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
        client.makeUnaryRequest(METHOD, same, same, bytes, this.#metadata(), { deadline }, done);
      } catch (error) {
        resolve(error as Error);
      }
    });
  }

  #metadata(): Metadata {
    const metadata = new this.#grpc!.Metadata();
    for (const [key, value] of Object.entries(this.#settings.headers)) metadata.set(key, value);
    return metadata;
  }
}

async function loadGrpc(): Promise<Grpc> {
  try {
    return await import('@grpc/grpc-js');
  } catch (cause) {
    throw new Error('OTLP over gRPC needs the package @grpc/grpc-js; install it beside the SDK', {
      cause,
    });
  }
}

/** Milliseconds until the next try, or `undefined` when there is none. */
function waitOf(error: ServiceError | Error, attempt: number): number | undefined {
  const { code, metadata } = error as Partial<ServiceError>;
  if (code === undefined) return undefined;
  const toldMs = retryInfoMs(metadata?.get('grpc-status-details-bin')[0]);
  // An exhausted resource is worth another try only when the server says when.
  if (code === RESOURCE_EXHAUSTED) return toldMs;
  return RETRYABLE.has(code) ? (toldMs ?? delayMs(attempt, Math.random())) : undefined;
}

/** The delay of a google.rpc.RetryInfo among the details of a google.rpc.Status. */
export function retryInfoMs(details: string | Buffer | undefined): number | undefined {
  if (details === undefined) return undefined;
  try {
    const status = createReader(Buffer.from(details));
    while (status.next()) {
      if (status.field !== 3) continue;
      const any = status.message();
      let isRetryInfo = false;
      while (any.next()) {
        if (any.field === 1) isRetryInfo = any.string().endsWith('google.rpc.RetryInfo');
        else if (any.field === 2 && isRetryInfo) return durationMs(any.bytes());
      }
    }
  } catch (error) {
    diag.debug('the details of a gRPC status could not be read', error);
  }
  return undefined;
}

function durationMs(retryInfo: Uint8Array): number | undefined {
  const info = createReader(retryInfo);
  while (info.next()) {
    if (info.field !== 1) continue;
    let ms = 0;
    const duration = info.message();
    while (duration.next()) {
      if (duration.field === 1) ms += Number(duration.int64()) * 1000;
      else if (duration.field === 2) ms += Number(duration.int64()) / 1e6;
    }
    return ms;
  }
  return 0;
}
