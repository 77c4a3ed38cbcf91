/**
 * OTLP/HTTP to a destination: bodies go out as they were received, one behind the other.
 *
 * https://opentelemetry.io/docs/specs/otlp/#otlphttp-response
 * 429, 502, 503 and 504 are tried again. So are answers about the address or the credentials (401,
 * 403, 404, 405, 407 and redirects), against the letter of the specification: the spans are not at
 * fault, and a token that ran out must not cost what can still be delivered.
 */
import { createReader, WireError } from '@clew/wire';
import type { Destination } from './destinations.ts';
import { createHttpPost, type HttpAnswer } from './http-post.ts';
import { type ForwardAnswer, later, type Sender, TAKEN, wholeOf } from './sender.ts';
import type { TlsMaterial } from './tls.ts';

const PATH = '/v1/traces';

export function createOtlpHttpSender(destination: Destination, tls: TlsMaterial): Sender {
  const url = otlpUrl(destination.endpoint);
  const post = createHttpPost({ ...destination, url, tls, contentType: 'application/x-protobuf' });
  return {
    async send(request, signal) {
      try {
        return answerOf(await post.send(wholeOf(request), signal));
      } catch (error) {
        return later(error);
      }
    },
    close: post.close,
  };
}

/** `http://host:4318` and `http://host:4318/v1/traces` are the same. */
export function otlpUrl(endpoint: string): URL {
  const url = new URL(endpoint);
  const path = url.pathname.replace(/\/+$/, '');
  url.pathname = path.endsWith(PATH) ? path : path + PATH;
  return url;
}

function answerOf(answer: HttpAnswer): ForwardAnswer {
  const { status, contentType, body } = answer;
  if (status < 200 || status > 299) return refusalOf(answer);
  return contentType.startsWith('application/json') ? fromJson(body) : fromProtobuf(body);
}

/** What every HTTP protocol makes of a status that is no success. */
export function refusalOf({ status, retryAfterMs, body }: HttpAnswer): ForwardAnswer {
  const reason = `status ${status}${wordsOf(body)}`;
  const isPassing = [408, 429, 502, 503, 504].includes(status);
  const isAddress = [401, 403, 404, 405, 407].includes(status) || status < 400;
  return isPassing || isAddress
    ? { kind: 'later', reason, afterMs: retryAfterMs }
    : { kind: 'refused', reason, isTooLarge: status === 413 };
}

/** The readable beginning of an answer: a message in protobuf or JSON shows through. */
function wordsOf(body: Buffer): string {
  const words = body
    .toString('utf8', 0, 500)
    .replaceAll(/[^\x20-\x7e]+/g, ' ')
    .trim();
  return words === '' ? '' : `: ${words.slice(0, 200)}`;
}

/** ExportTraceServiceResponse { partial_success = 1 { rejected_spans = 1, error_message = 2 } }. */
export function fromProtobuf(body: Uint8Array): ForwardAnswer {
  let [rejected, message] = [0, ''];
  try {
    for (const response = createReader(body); response.next(); ) {
      if (response.field !== 1) continue;
      for (const partial = response.message(); partial.next(); ) {
        if (partial.field === 1) rejected = Number(partial.int64());
        if (partial.field === 2) message = partial.string();
      }
    }
  } catch (error) {
    // The status said that it was taken; an answer that cannot be read changes nothing about that.
    if (!(error instanceof WireError)) throw error;
  }
  return { kind: 'taken', rejected: Math.max(0, rejected), message };
}

function fromJson(body: Buffer): ForwardAnswer {
  try {
    const { partialSuccess } = JSON.parse(body.toString('utf8')) as {
      partialSuccess?: { rejectedSpans?: string | number; errorMessage?: string };
    };
    const rejected = Number(partialSuccess?.rejectedSpans ?? 0);
    const message = String(partialSuccess?.errorMessage ?? '');
    return { kind: 'taken', rejected: rejected > 0 ? rejected : 0, message };
  } catch {
    return TAKEN;
  }
}
