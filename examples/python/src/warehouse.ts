/** The warehouse: what lies on a shelf. Plain Node, traced from outside by `--import @clew/sdk/register`. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const SHELVES: Readonly<Record<string, number>> = { lamp: 12, thread: 40 };

const server = createServer((request, response) => {
  void answerTo(request.url ?? '/').then(({ status, body }) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
});

async function answerTo(path: string): Promise<{ status: number; body: object }> {
  await sleep(5);
  const left = SHELVES[path.split('/').at(-1) ?? ''];
  return left === undefined ? { status: 404, body: {} } : { status: 200, body: { left } };
}

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
