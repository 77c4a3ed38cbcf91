/** `clew sql` and `clew mcp` as they are run: child processes beside a real server. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeTraces } from '@clew/wire';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { expect, test } from 'vitest';
import { checkoutTraces } from '../../testkit/src/cast.ts';
import { clew, eventually, type Running, run, serve, withFolder } from './rig.ts';

const checkoutId = '636865636b6f75740000000000000000';

/** A server that has the checkout; ended afterwards. */
async function withCheckout(work: (url: string, folder: string) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const running: Running = await serve(join(folder, 'data'));
    try {
      const { ui, otlp_http } = running.ready.listeners;
      const answer = await fetch(`${otlp_http.url}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-protobuf' },
        body: Buffer.from(encodeTraces(checkoutTraces(BigInt(Date.now() - 60_000) * 1_000_000n))),
      });
      expect(answer.status).toBe(200);
      await eventually(
        () => run(['sql', 'select count() from spans', '--format', 'csv', '--server', ui.url]),
        ({ out }) => out.includes('\n7\n'),
      );
      await work(ui.url, folder);
    } finally {
      await running.stop();
    }
  });
}

test('clew sql prints tables, text and files, and draws the place of a mistake', async () => {
  await withCheckout(async (url, folder) => {
    const question =
      'select service, count() as n from spans group by service order by n desc, service limit 2';
    const table = await run(['sql', question, '--server', url]);
    expect(table.out).toMatch(/^service +n\nfrontend +2\npayment +2\n2 rows, [\d.]+ ms\n$/);
    const json = await run(['sql', question, '--format', 'json', '--server', url]);
    expect(JSON.parse(json.out)).toMatchObject({
      rows: [
        ['frontend', 2],
        ['payment', 2],
      ],
    });
    const piped = await run(['sql', '--format', 'csv', '--server', url], {
      input: Buffer.from(question),
    });
    expect(piped.out).toBe('"service","n"\n"frontend",2\n"payment",2\n');
    const file = join(folder, 'answer.parquet');
    expect(
      await run(['sql', question, '--format', 'parquet', '--out', file, '--server', url]),
    ).toMatchObject({ code: 0, out: '' });
    expect((await readFile(file)).subarray(0, 4).toString()).toBe('PAR1');
    const wrong = await run(['sql', 'select sleep(3)', '--server', url]);
    expect(wrong.code).toBe(1);
    expect(wrong.err).toContain('the function sleep is not on the list of allowed functions');
    expect(wrong.err).toContain('\n  select sleep(3)\n         ^\n');
    expect(await run(['sql', '--server', url], { input: Buffer.from(' ') })).toMatchObject({
      code: 2,
    });
  });
});

test('clew mcp passes the questions of a client on', async () => {
  await withCheckout(async (url) => {
    const client = new Client({ name: 'test', version: '1' });
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [clew, 'mcp', '--server', url],
      stderr: 'pipe',
    });
    await client.connect(transport);
    try {
      expect(client.getServerVersion()).toMatchObject({ name: 'clew' });
      expect((await client.listTools()).tools.map(({ name }) => name)).toContain('explain_slow');
      const answer = await client.callTool({
        name: 'explain_slow',
        arguments: { traceId: checkoutId },
      });
      const [content] = answer.content as { text: string }[];
      expect(content?.text).toContain('began here: card issuer timed out');
      expect(content?.text).toContain(`Open: ${url}/trace/${checkoutId}`);
    } finally {
      await client.close();
    }
  });
});

test('clew mcp without a server says so in the protocol', async () => {
  const message = { jsonrpc: '2.0', id: 1, method: 'ping' };
  const { code, out } = await run(['mcp', '--server', 'http://127.0.0.1:9'], {
    input: Buffer.from(`${JSON.stringify(message)}\n`),
  });
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    id: 1,
    error: {
      message: expect.stringMatching(/no answer from http:\/\/127\.0\.0\.1:9: .*clew serve/),
    },
  });
});
