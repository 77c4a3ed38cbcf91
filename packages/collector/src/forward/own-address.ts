/**
 * Does an endpoint lead to one of our own listeners? Forwarding there would go round for ever.
 *
 * Sees names that resolve to an address of this machine; a way round through another server it
 * cannot see.
 */
import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';
import type { Listening } from '../receivers/listen.ts';
import type { Destination } from './destinations.ts';

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/** @throws Error that names the destination and the listener. */
export async function refuseOwnAddress(
  destinations: readonly Destination[],
  listening: readonly Listening[],
): Promise<void> {
  for (const { name, protocol, endpoint } of destinations) {
    if (protocol === 'kafka') continue;
    const url = new URL(endpoint);
    const fallback = protocol === 'otlp_grpc' ? '4317' : DEFAULT_PORTS[url.protocol];
    const port = Number(url.port || fallback);
    const samePort = listening.filter((one) => one.port === port);
    if (samePort.length === 0) continue;
    const addresses = await addressesOf(url.hostname.replace(/^\[|\]$/g, ''));
    const own = samePort.find(({ host }) => addresses.some((address) => reaches(address, host)));
    if (own === undefined) continue;
    throw new Error(
      `forward destination ${name}: found ${endpoint}, which is this server's own listener ${own.name} and would send everything round for ever; name another back-end, or move the listener`,
    );
  }
}

/** A name that does not resolve now is nobody's address now. */
async function addressesOf(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true }).catch(() => []);
  return found.map(({ address }) => address);
}

function reaches(address: string, listen: string): boolean {
  if (address === listen) return true;
  if (listen !== '0.0.0.0' && listen !== '::') return false;
  const own = Object.values(networkInterfaces()).flatMap((one) => one ?? []);
  return address.startsWith('127.') || own.some((one) => one.address === address);
}
