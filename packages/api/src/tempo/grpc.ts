/**
 * `tempopb.StreamingQuerier` over gRPC, with which Grafana asks when its data source streams.
 *
 * Connections are handed in, so that the port is HTTP's. Serializers are identities: streams.ts reads and writes bytes.
 * Never knows: what is asked.
 */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import {
  status as codes,
  Server,
  ServerCredentials,
  type ServerWritableStream,
  type ServiceDefinition,
} from '@grpc/grpc-js';
import { limits } from '../limits.ts';
import { told } from './refuse.ts';
import type { TempoParts } from './routes.ts';
import { type Stream, streams } from './streams.ts';

export type TempoGrpc = {
  take(connection: Socket): void;
  /** Ends calls and connections. */
  close(): void;
};

const service = 'tempopb.StreamingQuerier';

export function createTempoGrpc(parts: TempoParts): TempoGrpc {
  const server = new Server({
    'grpc.max_receive_message_length': limits.bodyBytesMax,
    'grpc.max_concurrent_streams': limits.grpcStreamsMax,
    // A reader that vanished without a word is noticed by a ping.
    'grpc.keepalive_time_ms': 60_000,
    'grpc.keepalive_timeout_ms': 20_000,
  });
  for (const [name, stream] of Object.entries(streams(parts))) {
    server.addService(definition(`/${service}/${name}`), { call: handler(stream, parts.log) });
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

type Call = ServerWritableStream<Buffer, Uint8Array>;

function handler(stream: Stream, log: TempoParts['log']) {
  return (call: Call) => {
    const ending = new AbortController();
    call.on('cancelled', () => ending.abort());
    answer(call, stream, ending.signal).catch((thrown: unknown) => {
      if (ending.signal.aborted) return;
      const { status, message } = told(thrown);
      if (status >= 500) log('warn', 'a call failed', { path: call.getPath(), cause: thrown });
      call.emit('error', { code: codeOf(status), details: message });
    });
  };
}

async function answer(call: Call, stream: Stream, signal: AbortSignal): Promise<void> {
  for await (const message of stream(call.request, { signal })) {
    if (signal.aborted) return;
    if (!call.write(message)) await once(call, 'drain', { signal });
  }
  call.end();
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
