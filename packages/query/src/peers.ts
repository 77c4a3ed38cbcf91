/**
 * What a service talks to, as its own spans name it: peers need not send spans themselves.   before: query.ts   after: sql/peers.ts
 *
 * Never knows: SQL.
 */
import type { Ask } from './ask.ts';
import type { TimeRange } from './question.ts';
import { peersStatement } from './sql/peers.ts';

/**
 * Attributes of a calling span that name the other side; the first that is there counts. The order is that of
 * https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/zipkin/#remote-endpoint, with today's names before older ones.
 */
export const peerKeys = [
  'peer.service',
  'service.peer.name',
  'server.address',
  'net.peer.name',
  'db.system.name',
  'db.system',
  'messaging.system',
] as const;

/** Kinds of spans that have another side; `server.address` of a server span is its own. */
export const peerKinds = ['client', 'producer', 'consumer'] as const;

const peersMax = 1_000;

/** Names in order. */
export async function listPeers(ask: Ask, service: string, range: TimeRange): Promise<string[]> {
  const statement = peersStatement({ tenant: ask.tenant, service, range, limit: peersMax });
  const rows = await ask.run.rows<{ peer: string }>(statement);
  return rows.map((row) => row.peer);
}
