/**
 * What a service talks to, as its own spans name it: peers need not send spans themselves.   before: query.ts   after: sql/peers.ts
 *
 * Never knows: SQL.
 */
import type { Ask } from './ask.ts';
import type { TimeRange } from './question.ts';
import { peersStatement } from './sql/peers.ts';

/** Attributes of a span that name the other side, the first that is there. The last two are OpenTelemetry's older names. */
export const peerKeys = [
  'peer.service',
  'service.peer.name',
  'db.system.name',
  'db.system',
  'messaging.system',
] as const;

const peersMax = 1_000;

/** Names in order. */
export async function listPeers(ask: Ask, service: string, range: TimeRange): Promise<string[]> {
  const statement = peersStatement({ tenant: ask.tenant, service, range, limit: peersMax });
  const rows = await ask.run.rows<{ peer: string }>(statement);
  return rows.map((row) => row.peer);
}
