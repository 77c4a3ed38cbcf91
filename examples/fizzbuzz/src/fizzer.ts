/**
 * The fizzer: says Fizz to multiples of three, after a thought.
 *
 * Instrumented by hand, to show what the other two get for free: take the context out of the headers, open
 * a SERVER span in it, describe the request, and let the work be its child.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { start, traced, withSpan } from '@clew/sdk';
import { context, propagation, type Span, SpanKind } from '@opentelemetry/api';

const THOUGHT_MS = 10;

start({ instrumentations: [] });

const think = traced(async function think(number: number): Promise<string> {
  await sleep(THOUGHT_MS);
  return number % 3 === 0 ? 'Fizz' : '';
});

const server = createServer((request, response) => {
  // `traceparent: 00-<trace id>-<id of the caller's span>-01`
  const caller = propagation.extract(context.active(), request.headers);
  const answer = (span: Span) => answerTo(request.url ?? '/', span);
  void context.with(caller, async () => {
    const { status, says } = await withSpan(
      'GET /numbers/:number',
      { kind: SpanKind.SERVER },
      answer,
    );
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(JSON.stringify({ says }));
  });
});

async function answerTo(path: string, span: Span): Promise<{ status: number; says: string }> {
  const number = /^\/numbers\/(\d+)$/.exec(path)?.[1];
  const status = number === undefined ? 404 : 200;
  span.setAttributes({
    'http.request.method': 'GET',
    'http.route': '/numbers/:number',
    'url.path': path,
    'http.response.status_code': status,
  });
  return { status, says: number === undefined ? '' : await think(Number(number)) };
}

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
