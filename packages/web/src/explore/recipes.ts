/** Questions worth starting from, offered while nothing is asked yet. */
import type { ExploreAddress } from '../address/explore-address.ts';
import { words } from '../words.ts';

const says = words.explore.recipes;

export const recipes: readonly { label: string; fields: Partial<ExploreAddress> }[] = [
  { label: says.failed, fields: { tab: 'traces', status: 'error' } },
  { label: says.slow, fields: { tab: 'traces', minNs: 1e9 } },
  { label: says.slowServer, fields: { tab: 'spans', kind: 'server', minNs: 500e6 } },
  { label: says.failedCalls, fields: { tab: 'spans', kind: 'client', status: 'error' } },
  {
    label: says.database,
    fields: {
      tab: 'spans',
      kind: 'client',
      where: [{ scope: 'span', key: 'db.system', operator: '~', value: '.+' }],
    },
  },
  { label: says.queues, fields: { tab: 'spans', kind: 'consumer' } },
];
