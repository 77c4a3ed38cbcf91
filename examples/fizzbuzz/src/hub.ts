/**
 * The hub: asks the fizzer, then the buzzer, and puts together what they say.
 *
 * There is not a word about tracing in this file: it is started with `--import @clew/sdk/register`.
 */
import type { AddressInfo } from 'node:net';
import express from 'express';

const app = express();

app.get('/numbers/:number', async (request, response) => {
  const { number = '' } = request.params;
  if (!/^\d+$/.test(number)) {
    response.status(400).json({ error: `found "${number}", wanted a whole number` });
    return;
  }
  const fizz = await ask(process.env['FIZZER'], number);
  const buzz = await ask(process.env['BUZZER'], number);
  response.json({ says: fizz + buzz || number });
});

async function ask(address: string | undefined, number: string): Promise<string> {
  const response = await fetch(`${address}/numbers/${number}`);
  return ((await response.json()) as { says: string }).says;
}

const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
