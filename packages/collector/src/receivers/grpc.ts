/**
 * Spans over gRPC: takes the unary calls that the tables of `translate` name for the listener, as bytes, and
 * answers them; identity serializers, so no message is ever decoded here.
 *
 * The port is our own, its connections are injected: grpc-js itself has no cap on them.
 */
import { type AddressInfo, createServer, type Server as NetServer } from 'node:net';
import { type GrpcProtocol, protocols } from '@clew/translate';
import {
  type handleUnaryCall,
  Metadata,
  Server,
  ServerCredentials,
  type ServiceDefinition,
} from '@grpc/grpc-js';
import { asCollectorError, CollectorError } from '../errors.ts';
import { limits } from '../limits.ts';
import { grpcRefusal } from '../respond.ts';
import { type Connections, capConnections } from './connections.ts';
import { createCallGuard } from './grpc-guard.ts';
import type { ReceiverParts } from './http.ts';
import { bareRequest } from './intake.ts';
import { type Listening, openPort, type Receiver } from './listen.ts';

/** Answers a unary call: the bytes of the message → the bytes of the answer. */
export type Call = (message: Uint8Array) => Promise<Uint8Array>;

export interface GrpcReceiverParts extends ReceiverParts {
  /** Calls beside those that bring spans, by path. */
  readonly calls?: Readonly<Record<string, Call>> | undefined;
}

const HEALTH = '/grpc.health.v1.Health/Check';

/** HealthCheckResponse { status = SERVING }. */
const SERVING = Buffer.from([0x08, 0x01]);

/** Opens the listener on `start`; nothing is bound before. */
export function createGrpcReceiver(parts: GrpcReceiverParts): Receiver {
  const { options, listener } = parts;
  let isStopping = false;
  const grpc = new Server({
    // What is on the wire; what it inflates to has its own, equal limit.
    'grpc.max_receive_message_length': options.bodyBytesMax,
    'grpc.max_concurrent_streams': limits.streamsMax,
    // A sender that vanished without a word is noticed by a ping.
    'grpc.keepalive_time_ms': 60_000,
    'grpc.keepalive_timeout_ms': 20_000,
    'grpc-node.flow_control_window': 512 * 1024,
    interceptors: [createCallGuard(parts, listener.name)],
  });
  for (const protocol of protocols) {
    if (protocol.transport !== 'grpc' || protocol.listener !== listener.name) continue;
    addMethod(grpc, protocol.path, async (body) => {
      if (isStopping) throw new CollectorError('STOPPING');
      return take(parts, protocol, body);
    });
  }
  addMethod(grpc, HEALTH, async () => SERVING);
  for (const [path, call] of Object.entries(parts.calls ?? {})) addMethod(grpc, path, call);
  for (const [path, stray] of Object.entries(listener.strays ?? {})) {
    addMethod(grpc, path, async () => {
      throw new CollectorError('NO_SUCH_SIGNAL', { ...stray });
    });
  }
  function addMethod(server: Server, path: string, answer: (body: Buffer) => Promise<Uint8Array>) {
    server.addService(definition(path), { call: handler(answer, parts) });
  }

  const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
  const port = createServer({ noDelay: true });
  const connections = capConnections(
    port,
    { connectionsMax: options.connectionsMax, perAddressMax: options.connectionsPerAddressMax },
    (socket) => injector.injectConnection(socket),
  );
  return {
    start: () => startListening(port, parts.listen, listener.name),
    async stop() {
      isStopping = true;
      await stopListening(grpc, port, connections);
    },
    connections: () => connections.open,
  };
}

/** What is translated is leased as well; the message itself is the guard's. */
async function take(
  { intake, inFlight, nowMs }: GrpcReceiverParts,
  protocol: GrpcProtocol,
  body: Uint8Array,
): Promise<Uint8Array> {
  const lease = inFlight.lease();
  try {
    return protocol.accepted(await intake(protocol, body, bareRequest(nowMs()), lease));
  } finally {
    lease.release();
  }
}

function definition(path: string): ServiceDefinition {
  const identity = (bytes: Buffer) => bytes;
  return {
    call: {
      path,
      requestStream: false,
      responseStream: false,
      requestSerialize: identity,
      requestDeserialize: identity,
      responseSerialize: (bytes: Uint8Array) => Buffer.from(bytes),
      responseDeserialize: identity,
    },
  };
}

function handler(
  answer: (body: Buffer) => Promise<Uint8Array>,
  { onRefused, listener }: ReceiverParts,
): handleUnaryCall<Buffer, Uint8Array> {
  return (call, done) => {
    answer(call.request).then(
      (response) => done(null, response),
      (thrown: unknown) => {
        const error = asCollectorError(thrown);
        onRefused(error, listener.name);
        done(grpcStatus(error));
      },
    );
  };
}

/** A refusal as grpc-js wants it; the details travel in `grpc-status-details-bin`. */
export function grpcStatus(error: CollectorError): {
  code: number;
  details: string;
  metadata: Metadata;
} {
  const { code, details, status } = grpcRefusal(error);
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', Buffer.from(status));
  return { code, details, metadata };
}

async function startListening(port: NetServer, listen: string, name: string): Promise<Listening> {
  await openPort(port, listen, name);
  const bound = port.address() as AddressInfo;
  const host = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;
  return {
    name,
    host: bound.address,
    port: bound.port,
    url: `http://${host}:${bound.port}`,
  };
}

/** GOAWAY to every connection, a while for the calls that run, then the end. */
async function stopListening(
  grpc: Server,
  port: NetServer,
  connections: Connections,
): Promise<void> {
  if (!port.listening) return;
  const closed = new Promise<void>((resolve) => port.close(() => resolve()));
  const force = setTimeout(() => {
    grpc.forceShutdown();
    connections.destroyAll();
  }, limits.stopRequestsMs);
  await new Promise<void>((resolve) => grpc.tryShutdown(() => resolve()));
  connections.destroyAll();
  clearTimeout(force);
  await closed;
}
