/** Counts to fifteen, one number after the other, then all at once: the same work in two shapes. */

import { start, withSpan } from '@clew/sdk';
import { trace } from '@opentelemetry/api';

start();

const NUMBERS = Array.from({ length: 15 }, (_, index) => index + 1);

async function ask(number: number): Promise<string> {
  const response = await fetch(`${process.env['HUB']}/numbers/${number}`);
  return ((await response.json()) as { says: string }).says;
}

function show(title: string): void {
  const traceId = trace.getActiveSpan()?.spanContext().traceId;
  process.stdout.write(`trace ${traceId} ${title}\n`);
}

await withSpan('count one by one', async () => {
  show('fifteen numbers, one by one');
  const said: string[] = [];
  for (const number of NUMBERS) said.push(await ask(number));
  process.stdout.write(`${said.join(' ')}\n`);
});

await withSpan('count at once', async () => {
  show('fifteen numbers at once');
  await Promise.all(NUMBERS.map(ask));
});
