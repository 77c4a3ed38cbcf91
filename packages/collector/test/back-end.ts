/**
 * A back-end that spans are forwarded to: a plain OTLP receiver over HTTP and gRPC, that answers what
 * a test tells it to and remembers what it took.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { decodeTraces } from '@clew/wire/decode';

export interface Answered {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: Uint8Array | string;
  /** Answer nothing for this long. */
  readonly afterMs?: number;
}

export interface BackEnd {
  readonly url: string;
  readonly port: number;
  /** Span ids in hex, in the order of their arrival, doubles included. */
  readonly spanIds: string[];
  readonly requests: { readonly headers: IncomingMessage['headers']; readonly bytes: number }[];
  /** What is answered to a body from now on; undefined takes it. */
  answer: (spanIds: readonly string[]) => Answered | undefined;
  /** Ends every connection with the next request on it, as a server does that has just given it up. */
  hangUp(): void;
  /** Stops listening; `listenAgain` opens the same port. */
  goAway(): Promise<void>;
  listenAgain(): Promise<void>;
}

export async function startBackEnd(): Promise<BackEnd> {
  const spanIds: string[] = [];
  const requests: BackEnd['requests'] = [];
  let old = new WeakSet<object>();
  const open = new Set<Socket>();
  const server: Server = createServer((request, response) => {
    if (old.has(request.socket)) {
      request.socket.resetAndDestroy();
      return;
    }
    void collect(request).then(async (sent) => {
      const isGzip = request.headers['content-encoding'] === 'gzip';
      const body = isGzip ? gunzipSync(sent) : sent;
      const ids = spanIdsOf(body);
      requests.push({ headers: request.headers, bytes: sent.length });
      const {
        status,
        headers = {},
        body: words = '',
        afterMs = 0,
      } = backEnd.answer(ids) ?? {
        status: 200,
      };
      if (afterMs > 0) await new Promise((resolve) => setTimeout(resolve, afterMs));
      if (status === 200) spanIds.push(...ids);
      response.writeHead(status, headers).end(words);
    });
  });
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  const listen = (port: number) =>
    new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const backEnd: BackEnd = {
    url: `http://127.0.0.1:${port}`,
    port,
    spanIds,
    requests,
    answer: () => undefined,
    hangUp() {
      old = new WeakSet(open);
    },
    goAway: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    listenAgain: () => listen(port),
  };
  return backEnd;
}

async function collect(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export function spanIdsOf(body: Uint8Array): string[] {
  return decodeTraces(body).resourceSpans.flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(({ spanId }) => Buffer.from(spanId).toString('hex')),
    ),
  );
}
