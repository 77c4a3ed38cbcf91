/**
 * Calls of a face over gRPC. A call takes one message and answers with any number: on the wire one that answers once is
 * no other.
 *
 * Connections are handed in, so that the port may be HTTP's too. Serializers are identities: faces read and write bytes.
 * Never knows: what is asked.
 */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { WireError } from '@clew/wire';
import {
  status as codes,
  Metadata,
  Server,
  ServerCredentials,
  type ServerWritableStream,
  type ServiceDefinition,
} from '@grpc/grpc-js';
import { limits } from '../limits.ts';
import type { Log } from '../parts.ts';

export type Asker = {
  readonly signal: AbortSignal;
  /** Said behind the last message, where messages have no place for it. */
  readonly trailer: Metadata;
};
export type Call = (request: Uint8Array, asker: Asker) => AsyncIterable<Uint8Array>;

/** What a face says of what was thrown; the HTTP status stands for gRPC's code. */
export type Told = { readonly status: number; readonly message: string };

export type GrpcService = {
  /** As in its proto file, package included. */
  readonly name: string;
  /** By name. */
  readonly calls: Readonly<Record<string, Call>>;
  readonly told: (thrown: unknown) => Told;
};

export type GrpcFace = {
  take(connection: Socket): void;
  /** Ends calls and connections. */
  close(): void;
};

export function createGrpcFace(services: readonly GrpcService[], log: Log): GrpcFace {
  const server = new Server({
    'grpc.max_receive_message_length': limits.bodyBytesMax,
    'grpc.max_concurrent_streams': limits.grpcStreamsMax,
    // A reader that vanished without a word is noticed by a ping.
    'grpc.keepalive_time_ms': 60_000,
    'grpc.keepalive_timeout_ms': 20_000,
  });
  for (const { name, calls, told } of services) {
    for (const [method, call] of Object.entries(calls)) {
      server.addService(definition(`/${name}/${method}`), { call: handler(call, told, log) });
    }
  }
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const connections = new Set<Socket>();
  return {
    take(connection) {
      connections.add(connection);
      connection.once('close', () => connections.delete(connection));
      injector.injectConnection(connection);
    },
    close() {
      server.forceShutdown();
      // What was injected is nobody's to close but ours.
      for (const connection of connections) connection.destroy();
    },
  };
}

function definition(path: string): ServiceDefinition {
  const identity = (bytes: Buffer) => bytes;
  return {
    call: {
      path,
      requestStream: false,
      responseStream: true,
      requestSerialize: identity,
      requestDeserialize: identity,
      responseSerialize: (bytes: Uint8Array) => Buffer.from(bytes),
      responseDeserialize: identity,
    },
  };
}

type Writable = ServerWritableStream<Buffer, Uint8Array>;

function handler(call: Call, told: GrpcService['told'], log: Log) {
  return (writable: Writable) => {
    const ending = new AbortController();
    writable.on('cancelled', () => ending.abort());
    answer(writable, call, ending.signal).catch((thrown: unknown) => {
      if (ending.signal.aborted) return;
      const { status, message } = isMalformed(thrown) ? malformed(thrown) : told(thrown);
      if (status >= 500) log('warn', 'a call failed', { path: writable.getPath(), cause: thrown });
      writable.emit('error', { code: codeOf(status), details: message });
    });
  };
}

async function answer(writable: Writable, call: Call, signal: AbortSignal): Promise<void> {
  const trailer = new Metadata();
  for await (const message of call(writable.request, { signal, trailer })) {
    if (signal.aborted) return;
    if (!writable.write(message)) await once(writable, 'drain', { signal });
  }
  writable.end(trailer);
}

function isMalformed(thrown: unknown): thrown is WireError {
  return thrown instanceof WireError;
}

function malformed({ message }: WireError): Told {
  return { status: 400, message: `the request is no such message: ${message}` };
}

const codesByStatus: Readonly<Record<number, number>> = {
  400: codes.INVALID_ARGUMENT,
  404: codes.NOT_FOUND,
  422: codes.FAILED_PRECONDITION,
  429: codes.RESOURCE_EXHAUSTED,
  499: codes.CANCELLED,
  503: codes.UNAVAILABLE,
  504: codes.DEADLINE_EXCEEDED,
};

function codeOf(status: number): number {
  return codesByStatus[status] ?? codes.INTERNAL;
}
