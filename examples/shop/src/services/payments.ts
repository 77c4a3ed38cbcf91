/**
 * payments: charges the card. Its database is the flaky one: mostly instant, sometimes 3 s,
 * sometimes a reset connection, which is tried once more.
 */
import '../telemetry.ts';
import { trace } from '@opentelemetry/api';
import { CardDeclined, ConnectionReset, cardDatabaseMood } from '../card-database.ts';
import { runService } from '../service.ts';
import { around, inSpan, playDatabase, wait } from '../spans.ts';
import { failSpan, HttpError } from '../web.ts';

const store = { system: 'postgresql', namespace: 'cards', address: 'card-db', port: 5432 };
const SCHEMES = ['visa', 'mastercard', 'amex'] as const;
const ATTEMPTS_MAX = 2;
const DECLINED_SHARE = 0.04;

await runService({
  'POST /charges': async ({ body }) => {
    const scheme = SCHEMES[Math.floor(Math.random() * SCHEMES.length)] as string;
    trace.getActiveSpan()?.setAttributes({
      'payment.amount': Number(body['amount']),
      'payment.currency': 'EUR',
      'payment.card.scheme': scheme,
      'payment.is_recurring': false,
    });
    await readCard();
    await inSpan('authorize', { attributes: { 'payment.card.scheme': scheme } }, async (span) => {
      await wait(around(8, 60));
      const isDeclined = Math.random() < DECLINED_SHARE;
      span.setAttribute('payment.approved', !isDeclined);
      if (isDeclined) throw new CardDeclined(scheme);
    }).catch((error: Error) => {
      throw new HttpError(402, error.message);
    });
    return { paid: body['amount'], scheme };
  },
});

async function readCard(): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await askCardDatabase(attempt);
    } catch (error) {
      if (attempt < ATTEMPTS_MAX) {
        trace.getActiveSpan()?.addEvent('retry', { attempt, reason: (error as Error).name });
        await wait(50);
        continue;
      }
      failSpan(error);
      throw new HttpError(503, `payments could not read the card: ${(error as Error).message}`);
    }
  }
}

function askCardDatabase(attempt: number): Promise<void> {
  const mood = cardDatabaseMood(Math.random(), Math.random());
  const text = 'SELECT token, expires FROM card_tokens WHERE user_id = $1 FOR UPDATE';
  return playDatabase(store, 'SELECT', 'card_tokens', text, async (span) => {
    span.setAttribute('shop.attempt', attempt);
    if (mood.kind === 'slow') {
      span.addEvent('lock.wait', { 'lock.holder': 'nightly-settlement', 'lock.mode': 'row' });
    }
    await wait(mood.ms);
    if (mood.kind === 'broken') {
      span.setAttribute('error.type', 'ECONNRESET');
      throw new ConnectionReset();
    }
    span.setAttribute('db.response.returned_rows', 1);
  });
}
