/**
 * Jaeger's gRPC query listener. The UI listener takes the same calls on its own port.
 *
 * Never knows: what is asked.
 */
import { createServer, type Server } from 'node:net';
import { createGrpcFace, type GrpcFace } from '../grpc/service.ts';
import type { JaegerParts } from './routes.ts';
import { queryService, toldAsV3, v3Calls } from './v3-calls.ts';

export function createJaegerGrpc(parts: JaegerParts): GrpcFace {
  const service = { name: queryService, calls: v3Calls(parts), told: toldAsV3 };
  return createGrpcFace(service, parts.log);
}

/** Not listening yet. */
export function buildJaegerGrpcServer(parts: JaegerParts): { server: Server; close(): void } {
  const grpc = createJaegerGrpc(parts);
  const server = createServer(grpc.take);
  server.maxConnections = parts.settings.connectionsMax;
  return {
    server,
    close() {
      server.close();
      grpc.close();
    },
  };
}
