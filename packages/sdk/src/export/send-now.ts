/**
 * Sends requests while this process stands still: for `process.exit()`, after which nothing
 * asynchronous runs any more. A child process posts them; it costs some 50 ms, and only when spans
 * are waiting. Never knows: spans.
 */

import { spawnSync } from 'node:child_process';

export interface RequestNow {
  readonly url: string;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: Uint8Array;
  /** gRPC speaks HTTP/2 and frames its message. */
  readonly isGrpc?: boolean;
  readonly tls?: { ca?: string | Buffer; key?: string | Buffer; cert?: string | Buffer };
}

const WAIT_MS_MAX = 3000;
const FRAME_BYTES = 8;

/** Which of the requests were accepted; all of it takes three seconds at most. Never throws. */
export function sendNow(requests: readonly RequestNow[]): readonly boolean[] {
  try {
    const { stdout } = spawnSync(process.execPath, ['-e', CHILD], {
      input: Buffer.concat(requests.flatMap(frame)),
      timeout: WAIT_MS_MAX,
      maxBuffer: 64 * 1024,
      windowsHide: true,
      stdio: ['pipe', 'pipe', 'ignore'],
      // Without what would instrument the child, and as Node where the program is another one.
      env: { ...process.env, NODE_OPTIONS: '', ELECTRON_RUN_AS_NODE: '1' },
    });
    const said = stdout?.toString() ?? '';
    return requests.map((_, at) => said[at] === '1');
  } catch {
    return requests.map(() => false);
  }
}

/** Two lengths, the request without its body as JSON, the body. */
function frame({ body, tls = {}, ...rest }: RequestNow): Buffer[] {
  const pem = Object.entries(tls).map(([key, value]) => [key, String(value)]);
  const head = Buffer.from(JSON.stringify({ ...rest, tls: Object.fromEntries(pem) }));
  const lengths = Buffer.alloc(FRAME_BYTES);
  lengths.writeUInt32BE(head.length, 0);
  lengths.writeUInt32BE(body.length, 4);
  return [lengths, head, Buffer.from(body.buffer, body.byteOffset, body.length)];
}

/** The child's program: one request after the other, a 1 or 0 for each. */
const CHILD = `
const parts = [];
process.stdin.on('data', (part) => parts.push(part)).on('end', async () => {
  const all = Buffer.concat(parts);
  for (let at = 0; at < all.length; ) {
    const head = all.readUInt32BE(at), size = all.readUInt32BE(at + 4), from = at + 8 + head;
    const one = JSON.parse(all.subarray(at + 8, from));
    at = from + size;
    const send = one.isGrpc ? grpc : post;
    const isSent = await send(one, all.subarray(from, at)).catch(() => false);
    process.stdout.write(isSent ? '1' : '0');
  }
});
function post({ url, headers, tls }, body) {
  return new Promise((resolve, reject) => {
    const { request } = require(url.startsWith('https:') ? 'node:https' : 'node:http');
    request(url, { method: 'POST', headers, ...tls }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode >= 200 && answer.statusCode < 300));
    }).on('error', reject).end(body);
  });
}
function grpc({ url, headers, tls }, body) {
  return new Promise((resolve, reject) => {
    const { origin, pathname } = new URL(url);
    const connection = require('node:http2').connect(origin, tls).on('error', reject);
    const stream = connection.request({ ...headers, ':method': 'POST', ':path': pathname,
      'content-type': 'application/grpc', te: 'trailers' });
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(body.length, 1);
    let status;
    const see = (fields) => { status = fields['grpc-status'] ?? status; };
    stream.on('response', see).on('trailers', see).on('error', reject).resume();
    stream.on('close', () => { connection.close(); resolve(status === '0'); });
    stream.end(Buffer.concat([prefix, body]));
  });
}
`;
