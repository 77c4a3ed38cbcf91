/**
 * One HTTP POST with a bounded answer, whose body leaves in pieces so that the application's loop turns
 * between them. Never knows: what is posted, and whether to try again.
 */

import {
  type Agent,
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import { gunzipSync } from 'node:zlib';

export interface Post {
  readonly url: URL;
  readonly agent: Agent;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: Uint8Array;
  readonly timeoutMs: number;
}

export interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: Uint8Array;
}

/** The specification's bound for answers, also after decompression. */
export const ANSWER_BYTES_MAX = 4 * 1024 * 1024;

/** A piece takes the system some 0.05 ms to copy; all 140 KiB of a usual batch take three times that. */
const PIECE_BYTES = 32 * 1024;

/** An answer that breaks a rule, so that the same request would only break it again. */
export class BadAnswer extends Error {}

/** Rejects on network errors and time-out (worth another try) and with `BadAnswer` (not). */
export function post({ url, agent, headers, body, timeoutMs }: Post): Promise<Answer> {
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', agent, headers };
    const sent = request(url, options, (response) => readAnswer(response).then(resolve, fail));
    // A deadline for the whole exchange: a slow drip of bytes is no progress.
    const timer = setTimeout(() => fail(new Error(`no answer after ${timeoutMs} ms`)), timeoutMs);
    function fail(error: Error): void {
      sent.destroy();
      reject(error);
    }
    sent.on('error', reject);
    sent.on('close', () => clearTimeout(timer));
    writePieces(sent, body);
  });
}

/** One piece in a turn of the loop; the next when the connection has taken the one before. */
function writePieces(sent: ClientRequest, body: Uint8Array): void {
  let from = 0;
  const next = () => setImmediate(write);
  function write(): void {
    if (sent.destroyed) return;
    const piece = body.subarray(from, from + PIECE_BYTES);
    from += PIECE_BYTES;
    if (from >= body.length) sent.end(piece);
    else if (sent.write(piece)) next();
    else sent.once('drain', next);
  }
  write();
}

function readAnswer(response: IncomingMessage): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    response.on('data', (part: Buffer) => {
      size += part.length;
      if (size > ANSWER_BYTES_MAX) reject(new BadAnswer('the answer is larger than 4 MiB'));
      else parts.push(part);
    });
    response.on('error', reject);
    response.on('aborted', () => reject(new Error('the connection was closed in the answer')));
    response.on('end', () => {
      try {
        resolve({
          status: response.statusCode ?? 0,
          retryAfter: response.headers['retry-after'],
          body: inflate(Buffer.concat(parts), response.headers['content-encoding']),
        });
      } catch (error) {
        reject(new BadAnswer('the answer cannot be decompressed', { cause: error }));
      }
    });
  });
}

function inflate(body: Buffer, encoding: string | undefined): Uint8Array {
  return encoding === 'gzip' ? gunzipSync(body, { maxOutputLength: ANSWER_BYTES_MAX }) : body;
}
