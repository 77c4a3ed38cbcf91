/**
 * Where samplers ask: `GET /sampling?service=NAME` as of a Jaeger agent, `/api/sampling` as of a
 * Jaeger collector, and `/` in the older form; and the same as a gRPC call for the listener of Jaeger.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CollectorError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { Call } from '../receivers/grpc.ts';
import { type Listening, openPort, type Receiver } from '../receivers/listen.ts';
import type { Sampling } from './sampling.ts';
import { serviceOfProto, strategyJson, strategyProto } from './strategy.ts';

const LISTENER = 'sampling';

/** Path of the call in api_v2/sampling.proto. */
export const SAMPLING_CALL = '/jaeger.api_v2.SamplingManager/GetSamplingStrategy';

/** Answers `SAMPLING_CALL`, bytes to bytes. */
export function samplingCall(sampling: Sampling): Call {
  return async (message) => strategyProto(await sampling.strategyOf(serviceOf(message)));
}

function serviceOf(message: Uint8Array): string {
  try {
    return serviceOfProto(message);
  } catch (cause) {
    const facts = { wanted: 'a SamplingStrategyParameters', reason: (cause as Error).message };
    throw new CollectorError('MALFORMED_BODY', facts, cause);
  }
}

/** Path → whether enums are numbers there. */
const paths: ReadonlyMap<string, boolean> = new Map([
  ['/', true],
  ['/sampling', false],
  ['/api/sampling', false],
]);

export function createSamplingReceiver(sampling: Sampling, listen: string): Receiver {
  const server = createServer(
    {
      maxHeaderSize: limits.headerBytesMax,
      keepAliveTimeout: limits.keepAliveMs,
      requestTimeout: limits.samplingRequestMs,
      headersTimeout: limits.samplingRequestMs,
    },
    (request, response) => {
      answer(sampling, request, response).catch((error: unknown) => {
        say(response, 500, String(error));
      });
    },
  );
  server.maxConnections = limits.samplingConnectionsMax;
  let connections = 0;
  server.on('connection', (socket) => {
    connections += 1;
    socket.once('close', () => {
      connections -= 1;
    });
  });
  return {
    start: () => startListening(server, listen),
    stop: () => stopListening(server),
    connections: () => connections,
  };
}

async function answer(
  sampling: Sampling,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path = '', query] = (request.url ?? '/').replace(/(?<=.)\/(?=\?|$)/, '').split('?', 2);
  const areEnumsNumbers = paths.get(path);
  request.resume();
  if (areEnumsNumbers === undefined) {
    say(response, 404, `there is nothing at ${path}; ask for /sampling?service=NAME`);
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET');
    say(response, 405, `found ${request.method}, wanted GET ${path}?service=NAME`);
    return;
  }
  const services = new URLSearchParams(query).getAll('service');
  if (services.length !== 1) {
    say(response, 400, "'service' parameter must be provided once");
    return;
  }
  const strategy = await sampling.strategyOf(services[0] ?? '');
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(strategyJson(strategy, areEnumsNumbers));
}

function say(response: ServerResponse, status: number, words: string): void {
  if (response.headersSent) return;
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${words}\n`);
}

async function startListening(server: Server, listen: string): Promise<Listening> {
  await openPort(server, listen, LISTENER);
  const { address, port, family } = server.address() as AddressInfo;
  const host = family === 'IPv6' ? `[${address}]` : address;
  return { name: LISTENER, host: address, port, url: `http://${host}:${port}` };
}

async function stopListening(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // Answers take no time, so whatever is still open only waits for the next question.
  server.closeAllConnections();
  await closed;
}
