/**
 * The way to send for each protocol: one row each.
 */
import type { Destination, ForwardProtocol } from './destinations.ts';
import { createOtlpGrpcSender } from './otlp-grpc.ts';
import { createOtlpHttpSender } from './otlp-http.ts';
import type { Sender } from './sender.ts';
import { readTls, type TlsMaterial } from './tls.ts';
import { createZipkinSender } from './zipkin.ts';

type Create = (destination: Destination, tls: TlsMaterial) => Sender | Promise<Sender>;

const senders: Readonly<Record<ForwardProtocol, Create>> = {
  otlp_http: createOtlpHttpSender,
  otlp_grpc: createOtlpGrpcSender,
  zipkin: createZipkinSender,
  // Its client library is loaded only where it is used.
  kafka: async (destination, tls) =>
    (await import('../kafka/exporter.ts')).createKafkaSender(destination, tls),
};

/** @throws Error that names the destination when a file of it cannot be read. */
export async function createSender(destination: Destination): Promise<Sender> {
  const tls = await readTls(destination.tls, `forward destination ${destination.name}`);
  return senders[destination.protocol](destination, tls);
}
