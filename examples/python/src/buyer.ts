/** A buyer who asks for quotes. Node, with the context going out in the headers of `fetch`. */
import { start, withSpan } from '@clew/sdk';

start();

for (const [title, path] of [
  ['a quote for three lamps', 'lamp?count=3'],
  ['a quote for what nobody sells', 'compass'],
] as const) {
  await withSpan('ask for quote', async (span) => {
    process.stdout.write(`trace ${span.spanContext().traceId} ${title}\n`);
    const answer = await fetch(`${process.env['QUOTES']}/quotes/${path}`);
    process.stdout.write(`${answer.status} ${await answer.text()}\n`);
  });
}
