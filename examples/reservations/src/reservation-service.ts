/**
 * The reservation service: asks the user service who wants a table, checks the limit, and keeps the table.
 * Methods are spans by decorator, steps within them are spans by block.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { start, traced, withSpan } from '@clew/sdk';
import { SpanKind, trace } from '@opentelemetry/api';
import type { User } from './user.ts';
import { call, serve } from './web.ts';

start({ instrumentations: [] });

class LimitExceeded extends Error {
  override readonly name = 'LimitExceeded';
}

class UserServiceMissing extends Error {
  override readonly name = 'UserServiceMissing';
}

class Reservations {
  readonly #held = new Map<string, number>();

  @traced()
  async reserve(userId: string): Promise<number> {
    trace.getActiveSpan()?.setAttribute('user.id', userId);
    const user = await this.userOf(userId);
    const held = this.#held.get(userId) ?? 0;
    withSpan('check limit', (span) => {
      span.setAttributes({ 'tables.held': held, 'tables.max': user.tablesMax });
      if (held < user.tablesMax) return;
      throw new LimitExceeded(`${user.name} holds ${held} of ${user.tablesMax}`);
    });
    return withSpan('keep table', async (span) => {
      await sleep(6);
      this.#held.set(userId, held + 1);
      span.setAttribute('table.number', 7);
      return 7;
    });
  }

  @traced('GET', { kind: SpanKind.CLIENT })
  async userOf(userId: string): Promise<User> {
    const url = `${process.env['USERS']}/users/${encodeURIComponent(userId)}`;
    const answer = await call('GET', url).catch((cause: unknown) => {
      throw new UserServiceMissing('the user service does not answer', { cause });
    });
    return answer.body as User;
  }
}

const reservations = new Reservations();

serve({
  method: 'POST',
  path: '/reservations/{user}',
  handle: async (userId) => {
    try {
      return { status: 201, body: { table: await reservations.reserve(userId) } };
    } catch (error) {
      const status = error instanceof LimitExceeded ? 409 : 503;
      return { status, body: { error: (error as Error).message } };
    }
  },
});
