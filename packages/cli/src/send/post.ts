/**
 * One OTLP/HTTP request with the retries that the specification asks for.
 *
 * Retried: 429, 502, 503, 504 and broken connections, after what Retry-After says or with
 * exponential backoff and jitter. Source: https://opentelemetry.io/docs/specs/otlp/ "OTLP/HTTP
 * Response". Never knows: files, progress.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createReader } from '@clew/wire';
import { CliError } from '../cli-error.ts';
import { reasonOf } from '../server-client.ts';

export interface PostOptions {
  /** The whole URL, `…/v1/traces`. */
  readonly url: string;
  /** Give up when this much time has passed since the first try. */
  readonly retryForMs: number;
  readonly now: () => number;
  /** Told before each wait. */
  readonly onRetry?: (why: string, waitMs: number) => void;
}

export interface Posted {
  readonly rejectedSpans: number;
  /** The server's words about rejected spans, or a warning; else empty. */
  readonly message: string;
  readonly retries: number;
}

const RETRYABLE: readonly number[] = [429, 502, 503, 504];
const FIRST_WAIT_MS = 250;
const WAIT_MS_MAX = 10_000;
const ANSWER_MS_MAX = 60_000;

type Outcome =
  | { readonly kind: 'ok'; readonly body: Uint8Array }
  | { readonly kind: 'again'; readonly why: string; readonly waitMs: number | undefined }
  | { readonly kind: 'failed'; readonly error: CliError };

/** Throws CliError when the request was refused for good or time ran out. */
export async function post(body: Uint8Array, options: PostOptions): Promise<Posted> {
  const start = options.now();
  for (let retries = 0; ; retries++) {
    const outcome = await tryOnce(body, options);
    if (outcome.kind === 'ok') return { ...partialSuccess(outcome.body), retries };
    if (outcome.kind === 'failed') throw outcome.error;
    const waitMs = outcome.waitMs ?? backoffMs(retries, Math.random());
    if (options.now() + waitMs - start > options.retryForMs) {
      throw new CliError(`${options.url} did not take the spans: ${outcome.why}`, {
        hint: `given up after ${retries + 1} tries; --retry-for sets how long to go on`,
      });
    }
    options.onRetry?.(outcome.why, waitMs);
    await sleep(waitMs);
  }
}

async function tryOnce(body: Uint8Array, { url, now }: PostOptions): Promise<Outcome> {
  let response: Response;
  let answer: Uint8Array;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf', 'user-agent': 'clew-send' },
      // A copy-free view; fetch's type wants it to be known as not shared.
      body: body as Uint8Array<ArrayBuffer>,
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    answer = new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    return connectionFailed(url, cause);
  }
  if (response.ok) return { kind: 'ok', body: answer };
  const says = statusMessage(answer, response.headers.get('content-type') ?? '');
  const why = `${response.status} ${says || response.statusText}`.trim();
  if (RETRYABLE.includes(response.status)) {
    return { kind: 'again', why, waitMs: retryAfterMs(response.headers.get('retry-after'), now()) };
  }
  const hint = hintFor(response.status);
  return {
    kind: 'failed',
    error: new CliError(`${url} refused the spans: ${why}`, hint === undefined ? {} : { hint }),
  };
}

/** A refused connection is not waited for: nobody is there, and the person can do something. */
function connectionFailed(url: string, cause: unknown): Outcome {
  const code = (cause as { cause?: { code?: string } }).cause?.code;
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND') {
    const error = new CliError(`no answer from ${url}: ${reasonOf(cause)}`, {
      hint: 'start a server with `clew serve`, or name another with --to URL',
      cause,
    });
    return { kind: 'failed', error };
  }
  return { kind: 'again', why: reasonOf(cause), waitMs: undefined };
}

function hintFor(status: number): string | undefined {
  if (status === 404 || status === 405) return 'is this the otlp_http listener of a server?';
  if (status === 413) return 'send smaller requests with --request-bytes';
  return undefined;
}

/** Seconds or an HTTP date (RFC 9110 section 10.2.3); undefined when absent or unreadable. */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}

/** Doubles up to ten seconds; half of it is chance, so that many senders spread out. */
export function backoffMs(retries: number, roll: number): number {
  const full = Math.min(WAIT_MS_MAX, FIRST_WAIT_MS * 2 ** retries);
  return full / 2 + (full / 2) * roll;
}

/** ExportTraceServiceResponse { partial_success = 1 { rejected_spans = 1, error_message = 2 } }. */
function partialSuccess(body: Uint8Array): { rejectedSpans: number; message: string } {
  const found = { rejectedSpans: 0, message: '' };
  try {
    for (const reader = createReader(body); reader.next(); ) {
      if (reader.field !== 1) continue;
      for (const inner = reader.message(); inner.next(); ) {
        if (inner.field === 1) found.rejectedSpans = Number(inner.int64());
        if (inner.field === 2) found.message = inner.string();
      }
    }
  } catch {
    // A 200 with an unreadable body still means that the spans were taken.
  }
  return found;
}

/** google.rpc.Status { message = 2 } or its JSON; what is neither is shown as it is. */
function statusMessage(body: Uint8Array, contentType: string): string {
  try {
    if (contentType.includes('protobuf')) {
      for (const reader = createReader(body); reader.next(); ) {
        if (reader.field === 2) return reader.string();
      }
      return '';
    }
    const text = Buffer.from(body).toString('utf8');
    if (!contentType.includes('json')) return text.slice(0, 200).trim();
    const parsed = JSON.parse(text) as { message?: string; error?: { message?: string } };
    return parsed.message ?? parsed.error?.message ?? '';
  } catch {
    return '';
  }
}
