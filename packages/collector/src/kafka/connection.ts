/**
 * How brokers are reached, and why they are not: what consumer and producer have in common.
 */
import { isIP } from 'node:net';
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
    ...(isTls ? { tls: { ...tls }, tlsServerName: !brokers.every(isAddress) } : {}),
    ...(sasl === undefined ? {} : { sasl: { ...sasl } }),
  };
}

/** TLS can be asked for a server by its name, never by its address: https://www.rfc-editor.org/rfc/rfc6066#section-3 */
function isAddress(broker: string): boolean {
  return isIP(broker.slice(0, broker.lastIndexOf(':'))) !== 0;
}

/** Why something failed: the library nests what brokers and sockets say, told here from the outside in. */
export function reasonOf(error: unknown): string {
  return reasons(error, 0).join(': ');
}

function reasons(error: unknown, depth: number): string[] {
  const { message, apiId, code, errors, cause } = error as Error & {
    apiId?: string;
    code?: string;
    errors?: readonly unknown[];
  };
  const own = String(apiId ?? message ?? code ?? error).replace(/[.:]+$/, '');
  const inner = errors?.[0] ?? cause;
  return inner === undefined || depth > 4 ? [own] : [own, ...reasons(inner, depth + 1)];
}
