/**
 * How brokers are reached: what consumer and producer have in common.
 */
import type { BaseOptions } from '@platformatic/kafka';
import type { Sasl } from '../forward/destinations.ts';
import type { TlsMaterial } from '../forward/tls.ts';

export interface Brokers {
  readonly brokers: readonly string[];
  readonly isTls: boolean;
  readonly tls: TlsMaterial;
  readonly sasl: Sasl | undefined;
}

export function brokerOptions({ brokers, isTls, tls, sasl }: Brokers): BaseOptions {
  return {
    clientId: 'clew',
    bootstrapBrokers: [...brokers],
    connectTimeout: 5_000,
    timeout: 10_000,
    retries: 1,
    retryDelay: 250,
    ...(isTls ? { tls: { ...tls }, tlsServerName: true } : {}),
    ...(sasl === undefined ? {} : { sasl: { ...sasl } }),
  };
}
