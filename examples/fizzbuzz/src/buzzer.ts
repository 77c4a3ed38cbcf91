/** The buzzer: says Buzz to multiples of five, after a thought. Traced from outside, as the hub is. */
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import express from 'express';

const THOUGHT_MS = 10;

const app = express();

app.get('/numbers/:number', async (request, response) => {
  await sleep(THOUGHT_MS);
  response.json({ says: Number(request.params['number']) % 5 === 0 ? 'Buzz' : '' });
});

const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
