/**
 * The way to send for each protocol: one row each.
 */
import type { Destination, ForwardProtocol } from './destinations.ts';
import { createOtlpGrpcSender } from './otlp-grpc.ts';
import { createOtlpHttpSender } from './otlp-http.ts';
import type { Sender } from './sender.ts';
import { readTls, type TlsMaterial } from './tls.ts';

type Create = (destination: Destination, tls: TlsMaterial) => Sender | Promise<Sender>;

const senders: Readonly<Partial<Record<ForwardProtocol, Create>>> = {
  otlp_http: createOtlpHttpSender,
  otlp_grpc: createOtlpGrpcSender,
  // Its client library is loaded only where it is used.
  kafka: async (destination, tls) =>
    (await import('../kafka/exporter.ts')).createKafkaSender(destination, tls),
};

/** @throws Error that names the destination when a file of it cannot be read. */
export async function createSender(destination: Destination): Promise<Sender> {
  const tls = await readTls(destination.tls, `forward destination ${destination.name}`);
  const create = senders[destination.protocol];
  if (create === undefined) {
    throw new Error(`forward destination ${destination.name}: ${destination.protocol} is unknown`);
  }
  return create(destination, tls);
}
