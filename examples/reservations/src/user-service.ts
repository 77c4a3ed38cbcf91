/** The user service: who somebody is, and how many tables they may hold at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { start, traced, withSpan } from '@clew/sdk';
import type { User } from './user.ts';
import { serve } from './web.ts';

start({ instrumentations: [] });

const NAMES: Readonly<Record<string, string>> = { ada: 'Ada', bob: 'Bob' };

class Users {
  @traced('Users.find')
  async find(id: string): Promise<User | undefined> {
    const name = await withSpan('read user', async (span) => {
      await sleep(4);
      span.setAttribute('user.is_known', id in NAMES);
      return NAMES[id];
    });
    if (name === undefined) return undefined;
    const tablesMax = await withSpan('read limits', async () => {
      await sleep(8);
      return 1;
    });
    return { id, name, tablesMax };
  }
}

const users = new Users();

serve({
  method: 'GET',
  path: '/users/{id}',
  handle: async (id) => {
    const user = await users.find(id);
    return user === undefined ? { status: 404, body: {} } : { status: 200, body: user };
  },
});
