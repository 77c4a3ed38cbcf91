/**
 * Jaeger's gRPC query listener. The UI listener takes the same calls on its own port.
 *
 * Never knows: what is asked.
 */
import { createServer, type Server } from 'node:net';
import { createGrpcFace, type GrpcService } from '../grpc/service.ts';
import type { JaegerParts } from './routes.ts';
import { queryService, toldAsV3, v3Calls } from './v3-calls.ts';

export function jaegerService(parts: JaegerParts): GrpcService {
  return { name: queryService, calls: v3Calls(parts), told: toldAsV3 };
}

/** Not listening yet. */
export function buildJaegerGrpcServer(parts: JaegerParts): { server: Server; close(): void } {
  const grpc = createGrpcFace([jaegerService(parts)], parts.log);
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
