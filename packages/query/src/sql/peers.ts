/**
 * The statement about what a service talks to.
 *
 * Never knows: which attributes name a peer; `peers.ts` says so.
 */
import type { Statement } from '@clew/store';
import { peerKeys, peerKinds } from '../peers.ts';
import type { TimeRange } from '../question.ts';
import { and, join, print, sql, string, strings, uint32 } from './fragment.ts';
import { startsWithin } from './scan.ts';

export type PeersRead = {
  readonly tenant: string;
  readonly service: string;
  readonly range: TimeRange;
  readonly limit: number;
};

export function peersStatement({ tenant, service, range, limit }: PeersRead): Statement {
  const named = peerKeys.map((key) => sql`nullIf(attr_str[${string(key)}], '')`);
  const conditions = [
    sql`tenant = ${string(tenant)}`,
    ...startsWithin(range),
    sql`service = ${string(service)}`,
    sql`has(${strings(peerKinds)}, toString(kind))`,
  ];
  return print(sql`
    select assumeNotNull(coalesce(${join(named, sql`, `)}, '')) as peer
    from spans
    where ${and(conditions)}
      and peer != ''
    group by peer
    order by peer
    limit ${uint32(limit)}
  `);
}
