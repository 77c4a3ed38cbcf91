/**
 * Sends batches by OTLP over HTTP, as protobuf (default) or JSON, and tries again while that helps.
 *
 * A batch is lost when the server refuses it for good or the time is over; both are reported.
 * Never knows: spans. Source: https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */

import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { diag } from '@opentelemetry/api';
import type { BatchExporter } from '../batch/batch-processor.ts';
import type { SpanBatch } from '../batch/span-bin.ts';
import { SDK_VERSION } from '../detect.ts';
import type { Env } from '../env.ts';
import { loadNow, loadSoon } from './lazy.ts';
import { reportPartial } from './otlp-answer.ts';
import { type OtlpOptions, type OtlpSettings, otlpSettings } from './otlp-settings.ts';
import { type Answer, BadAnswer, post } from './post.ts';
import { delayMs, isRetryable, retryAfterMs } from './retry.ts';
import { sendNow } from './send-now.ts';

/** The specification's bound for requests, before compression. */
const REQUEST_BYTES_MAX = 64 * 1024 * 1024;
/** 30 % less CPU than the default level for 9 % more bytes (reference, 5.4). */
const GZIP_LEVEL = 1;
const compress = promisify(gzip);

/** Loaded only where JSON is wanted: it needs the decoder. */
type Json = typeof import('./otlp-json.ts');

const textOf = ({ otlpJson }: Json, body: Uint8Array): Buffer => Buffer.from(otlpJson(body));

async function textInTurns(body: Uint8Array): Promise<Buffer> {
  const json = await loadSoon<Json>('otlp-json', () => import('./otlp-json.ts'));
  return json.otlpJsonInTurns(body);
}

export class OtlpHttpExporter implements BatchExporter {
  readonly #settings: OtlpSettings;
  readonly #agent: Agent;
  readonly #inFlight = new Set<Promise<boolean>>();
  #isShutDown = false;

  constructor(options: OtlpOptions = {}, env: Env = process.env) {
    this.#settings = otlpSettings(options, env);
    const { url, tls } = this.#settings;
    this.#agent =
      url.protocol === 'https:'
        ? new TlsAgent({ keepAlive: true, ...tls })
        : new Agent({ keepAlive: true });
  }

  send(batch: SpanBatch): Promise<boolean> {
    const work = this.#deliver(batch).catch((error: unknown) => {
      diag.error(`${batch.spans} spans could not be sent to ${this.#settings.url.origin}`, error);
      return false;
    });
    this.#inFlight.add(work);
    return work.finally(() => this.#inFlight.delete(work));
  }

  sendNow(batches: readonly SpanBatch[]): readonly boolean[] {
    const { url, tls } = this.#settings;
    try {
      const requests = batches.map(({ body }) => {
        const content = this.#isJson ? textOf(loadNow<Json>('otlp-json'), body) : body;
        return { url: url.href, headers: this.#headers(content, false), body: content, tls };
      });
      return sendNow(requests);
    } catch (error) {
      diag.error('spans could not be written as JSON at the exit', error);
      return batches.map(() => false);
    }
  }

  async forceFlush(): Promise<void> {
    await Promise.all(this.#inFlight);
  }

  async shutdown(): Promise<void> {
    this.#isShutDown = true;
    await this.forceFlush();
    this.#agent.destroy();
  }

  async #deliver({ body, spans }: SpanBatch): Promise<boolean> {
    if (this.#isShutDown) throw new Error('the exporter is shut down');
    if (body.length > REQUEST_BYTES_MAX) throw new Error('the batch is larger than 64 MiB');
    const { headers, content } = await this.#prepare(body);
    const deadlineMs = performance.now() + this.#settings.timeoutMs;
    for (let attempt = 1; ; attempt += 1) {
      const leftMs = deadlineMs - performance.now();
      const outcome = await this.#try(headers, content, leftMs);
      if (!(outcome instanceof Error) && outcome.status >= 200 && outcome.status < 300) {
        await reportPartial(outcome.body, this.#settings.protocol, spans);
        return true;
      }
      const waitMs = this.#waitMs(outcome, attempt);
      if (waitMs === undefined || performance.now() + waitMs >= deadlineMs) throw failure(outcome);
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }

  get #isJson(): boolean {
    return this.#settings.protocol === 'http/json';
  }

  async #prepare(body: Uint8Array) {
    const { isGzip } = this.#settings;
    const plain = this.#isJson ? await textInTurns(body) : body;
    const content = isGzip ? await compress(plain, { level: GZIP_LEVEL }) : plain;
    return { content, headers: this.#headers(content, isGzip) };
  }

  #headers(content: Uint8Array, isGzip: boolean) {
    return {
      'user-agent': `OTel-OTLP-Exporter-Clew/${SDK_VERSION}`,
      ...this.#settings.headers,
      'content-type': this.#isJson ? 'application/json' : 'application/x-protobuf',
      'content-length': content.length,
      ...(isGzip ? { 'content-encoding': 'gzip' } : {}),
    };
  }

  async #try(
    headers: Record<string, string | number>,
    body: Uint8Array,
    timeoutMs: number,
  ): Promise<Answer | Error> {
    try {
      const { url } = this.#settings;
      return await post({ url, agent: this.#agent, headers, body, timeoutMs });
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  /** `undefined` when another try cannot help. */
  #waitMs(outcome: Answer | Error, attempt: number): number | undefined {
    if (outcome instanceof BadAnswer) return undefined;
    if (outcome instanceof Error) return delayMs(attempt, Math.random());
    if (!isRetryable(outcome.status)) return undefined;
    return retryAfterMs(outcome.retryAfter, Date.now()) ?? delayMs(attempt, Math.random());
  }
}

function failure(outcome: Answer | Error): Error {
  if (outcome instanceof Error) return outcome;
  const said = Buffer.from(outcome.body.subarray(0, 200)).toString();
  return new Error(`the server answered ${outcome.status} ${said}`);
}
