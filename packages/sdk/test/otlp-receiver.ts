/** A receiver of OTLP over HTTP that keeps what it gets and answers as it is told. For tests. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { diag } from '@opentelemetry/api';
import { BatchSpanProcessor } from '../src/batch/batch-processor.ts';
import { OtlpHttpExporter } from '../src/export/otlp-http.ts';
import type { OtlpOptions } from '../src/export/otlp-settings.ts';
import { ClewTracerProvider } from '../src/tracer-provider.ts';

export interface Got {
  readonly headers: IncomingMessage['headers'];
  readonly url: string | undefined;
  readonly body: Buffer;
  readonly port: number | undefined;
}
/** `count` is 1 for the first request. */
export type Reply = (response: ServerResponse, count: number) => void;

const closing: (() => void)[] = [];

/** Ends the receivers, and what hears the SDK's warnings. */
export function cleanUp(): void {
  for (const close of closing.splice(0)) close();
  diag.disable();
}

export async function receiver(reply: Reply = (response) => response.end()) {
  const got: Got[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const { headers, url, socket } = request;
      got.push({ headers, url, body: Buffer.concat(parts), port: socket.remotePort });
      reply(response, got.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { got, base: `http://127.0.0.1:${port}` };
}

/** Batches of one span; answers what the processor says became of them. */
export async function send(base: string, options: OtlpOptions = {}, batches = 1) {
  const exporter = new OtlpHttpExporter({ url: `${base}/v1/traces`, ...options }, {});
  const processor = new BatchSpanProcessor(exporter);
  const provider = new ClewTracerProvider({ spanProcessors: [processor] });
  for (let at = 0; at < batches; at += 1) {
    provider
      .getTracer('t')
      .startSpan('x', { attributes: { a: 1, b: [0.5, null] } })
      .end();
    await provider.forceFlush();
  }
  await provider.shutdown();
  return processor.stats();
}
