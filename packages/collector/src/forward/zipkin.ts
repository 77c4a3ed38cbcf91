/**
 * Zipkin's v2 JSON to a destination. The one protocol here for which bytes are translated, so it
 * costs what decoding costs; between requests others have their turn.
 *
 * Zipkin's server answers 202, https://zipkin.io/zipkin-api/#/default/post_spans.
 */
import { setImmediate as others } from 'node:timers/promises';
import { zipkinJson } from '@clew/translate';
import { WireError } from '@clew/wire';
import type { Destination } from './destinations.ts';
import { createHttpPost } from './http-post.ts';
import { refusalOf } from './otlp-http.ts';
import { later, type Sender, TAKEN } from './sender.ts';
import type { TlsMaterial } from './tls.ts';

const PATH = '/api/v2/spans';

export function createZipkinSender(destination: Destination, tls: TlsMaterial): Sender {
  const url = zipkinUrl(destination.endpoint);
  const post = createHttpPost({ ...destination, url, tls, contentType: 'application/json' });
  return {
    async send({ bodies }, signal) {
      try {
        const list = await listOf(bodies);
        const answer = await post.send(list, signal);
        return answer.status >= 200 && answer.status < 300 ? TAKEN : refusalOf(answer);
      } catch (error) {
        return error instanceof WireError
          ? { kind: 'refused', reason: error.message }
          : later(error);
      }
    },
    close: post.close,
  };
}

/** `http://host:9411` and `http://host:9411/api/v2/spans` are the same. */
function zipkinUrl(endpoint: string): URL {
  const url = new URL(endpoint);
  const path = url.pathname.replace(/\/+$/, '');
  url.pathname = path.endsWith(PATH) ? path : path + PATH;
  return url;
}

/** One list of what all requests hold. */
async function listOf(bodies: readonly Uint8Array[]): Promise<Buffer> {
  const lists: string[] = [];
  for (const body of bodies) {
    const list = zipkinJson(body);
    if (list.length > 2) lists.push(list.slice(1, -1));
    await others();
  }
  return Buffer.from(`[${lists.join(',')}]`);
}
