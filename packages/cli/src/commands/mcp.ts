/**
 * `clew mcp`: the MCP server of a running Clew on standard input and output, for clients that start a program.
 *
 * Messages are passed on as they are; the server answers them over HTTP. Standard output belongs to the protocol alone.
 * Never knows: the tools.
 */
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { type Command, serverFlag } from '../command.ts';
import { normalUrl, reasonOf } from '../server-client.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** JSON-RPC's "internal error": https://www.jsonrpc.org/specification#error_object */
const internalError = -32603;

export const command: Command = {
  name: 'mcp',
  says: 'let agents ask: the MCP server on standard input and output',
  usage: '[--server URL]',
  positionalsMax: 0,
  flags: [serverFlag],
  examples: [
    ['clew mcp', 'for clients that start a program; asks the server on this machine'],
    ['clew mcp --server http://clew.internal:16686', 'a server elsewhere'],
  ],
  run: async (args, terminal) => passOn(normalUrl(String(args.values['server'])), terminal),
};

/** Answers the exit code when the client closes its end. */
async function passOn(url: string, terminal: Terminal): Promise<number> {
  const client = new StdioServerTransport();
  const server = new StreamableHTTPClientTransport(new URL(`${url}/mcp`));
  const ended = new Promise<void>((resolve) => {
    client.onclose = resolve;
    terminal.stdin.once('end', resolve);
    terminal.stdin.once('close', resolve);
  });
  let waiting = 0;
  let wake = (): void => {};
  server.onmessage = (message) => void client.send(message);
  server.onerror = (error) => terminal.err(`clew mcp: ${error.message}\n`);
  client.onmessage = async (message) => {
    waiting++;
    try {
      await server.send(message);
    } catch (cause) {
      const answer = unreached(message, url, cause);
      if (answer !== null) await client.send(answer);
    } finally {
      waiting--;
      wake();
    }
  };
  await server.start();
  await client.start();
  await ended;
  // What was asked before the end is still answered.
  while (waiting > 0) {
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
  await server.close();
  await client.close();
  return 0;
}

/** Only requests are answered; a notification that did not arrive is lost as on any line. */
function unreached(message: JSONRPCMessage, url: string, cause: unknown): JSONRPCMessage | null {
  if (!('id' in message) || !('method' in message)) return null;
  const text = `no answer from ${url}: ${reasonOf(cause)}; start a server with \`clew serve\`, or name another with --server URL`;
  return { jsonrpc: '2.0', id: message.id, error: { code: internalError, message: text } };
}
