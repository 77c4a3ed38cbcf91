/**
 * The service that the conformance harness of w3c/trace-context calls: for each entry of the body it
 * posts the given arguments to the given address, in the trace of the incoming request.
 *
 *   node packages/sdk/test/w3c-service.mjs [port]      needs a built tree; see docs/sdk/w3c.md
 */
import { createServer } from 'node:http';
import { start } from '@clew/sdk';
import { context, propagation, SpanKind, trace } from '@opentelemetry/api';

start({ service: 'w3c', spanProcessors: [], instrumentations: [] });
const tracer = trace.getTracer('w3c');

/** Header lines as they came: a header given twice is a list, not a joined text. */
const getter = {
  keys: (lines) => Object.keys(lines),
  get: (lines, name) => lines[name],
};

async function call({ url, arguments: body }) {
  const span = tracer.startSpan('call', { kind: SpanKind.CLIENT });
  const headers = { 'content-type': 'application/json' };
  propagation.inject(trace.setSpan(context.active(), span), headers);
  await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) }).catch(() => {});
  span.end();
}

const server = createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const parent = propagation.extract(context.active(), request.headersDistinct, getter);
    const span = tracer.startSpan('test', { kind: SpanKind.SERVER }, parent);
    const calls = JSON.parse(Buffer.concat(parts).toString());
    context.with(trace.setSpan(parent, span), async () => {
      for (const one of calls) await call(one);
      span.end();
      response.end('{}');
    });
  });
});
server.listen(Number(process.argv[2] ?? 5055), '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify(server.address())}\n`);
});
