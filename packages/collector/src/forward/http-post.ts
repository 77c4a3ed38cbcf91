/**
 * Posts bodies over kept-alive connections, with a limit on time and on what is read of the answer.
 *
 * Never knows: what the bytes are, what a status means.
 */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { limits } from '../limits.ts';
import type { TlsMaterial } from './tls.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  /** At most `limits.forwardAnswerBytesMax` of it. */
  readonly body: Buffer;
  readonly retryAfterMs: number | undefined;
}

export interface HttpPost {
  /** Rejects when no whole answer came in time. */
  send(body: Buffer, signal: AbortSignal): Promise<HttpAnswer>;
  close(): Promise<void>;
}

export interface HttpPostParts {
  readonly url: URL;
  readonly tls: TlsMaterial;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly compression: 'none' | 'gzip';
  readonly timeoutMs: number;
}

const compress = promisify(gzip);

export function createHttpPost(parts: HttpPostParts): HttpPost {
  const { url, tls, contentType, headers, compression, timeoutMs } = parts;
  const isTls = url.protocol === 'https:';
  const shared = { keepAlive: true, maxSockets: limits.forwardWindow };
  const agent = isTls ? new HttpsAgent({ ...shared, ...tls }) : new HttpAgent(shared);
  const start = isTls ? httpsRequest : httpRequest;

  function exchange(body: Buffer, signal: AbortSignal): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      const request = start(url, {
        method: 'POST',
        agent,
        signal,
        headers: {
          'user-agent': 'Clew',
          ...headers,
          'content-type': contentType,
          'content-length': body.length,
          ...(compression === 'gzip' ? { 'content-encoding': 'gzip' } : {}),
        },
      });
      const timer = setTimeout(() => {
        request.destroy(new Error(`no answer within ${timeoutMs} ms`));
      }, timeoutMs);
      const end = (error?: NodeJS.ErrnoException) => {
        clearTimeout(timer);
        if (error === undefined) return;
        // A kept connection that the other side closed meanwhile says nothing about the other side.
        if (request.reusedSocket && error.code === 'ECONNRESET') {
          exchange(body, signal).then(resolve, reject);
        } else reject(error);
      };
      request.once('error', end);
      request.once('response', (response) => {
        readAnswer(response).then((answer) => {
          end();
          resolve(answer);
        }, end);
      });
      request.end(body);
    });
  }

  return {
    async send(body, signal) {
      if (compression === 'none') return exchange(body, signal);
      // The fastest level: at these sizes the next one costs half as much again for a few percent.
      const level = constants.Z_BEST_SPEED;
      return exchange(await compress(body, { level }), signal);
    },
    async close() {
      agent.destroy();
    },
  };
}

function readAnswer(response: IncomingMessage): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  const answer = (): HttpAnswer => ({
    status: response.statusCode ?? 0,
    contentType: String(response.headers['content-type'] ?? '').toLowerCase(),
    body: Buffer.concat(chunks),
    retryAfterMs: retryAfterMs(response.headers['retry-after'], Date.now()),
  });
  return new Promise((resolve, reject) => {
    response.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limits.forwardAnswerBytesMax) {
        chunks.push(chunk);
        return;
      }
      // The status is known, and nobody needs this much of a reason.
      resolve(answer());
      response.destroy();
    });
    response.once('end', () => resolve(answer()));
    response.once('error', reject);
    response.once('close', () => reject(new Error('the connection ended within the answer')));
  });
}

/** Seconds or a date, https://www.rfc-editor.org/rfc/rfc9110#field.retry-after; bounded. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const seconds = /^\s*\d{1,9}\s*$/.test(header) ? Number(header) * 1000 : undefined;
  const ms = seconds ?? Date.parse(header) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), limits.forwardRetryAfterMsMax);
}
