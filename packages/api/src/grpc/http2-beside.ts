/**
 * HTTP/2 without TLS on the port of an HTTP/1.1 server: whoever begins with the preface of HTTP/2 is passed on.
 * https://www.rfc-editor.org/rfc/rfc9113#section-3.4
 *
 * Never knows: what is spoken over either.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { limits } from '../limits.ts';

/** No method of HTTP/1.1 begins like this. */
const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/**
 * @param take is handed the connection with all its bytes unread
 * @returns ends connections that have not said anything yet, as browsers open them: the server does not know them
 */
export function passHttp2(server: Server, take: (connection: Socket) => void): () => void {
  const silent = new Set<Socket>();
  let isEnding = false;
  const own = server.listeners('connection') as ((connection: Socket) => void)[];
  server.removeAllListeners('connection');
  server.on('connection', (connection: Socket) => {
    if (isEnding) {
      connection.destroy();
      return;
    }
    silent.add(connection);
    connection.once('close', () => silent.delete(connection));
    beginningOf(connection, (isHttp2) => {
      silent.delete(connection);
      if (isHttp2) take(connection);
      else for (const listener of own) listener.call(server, connection);
    });
  });
  return () => {
    isEnding = true;
    for (const connection of silent) connection.destroy();
  };
}

/** Looks at the first bytes and puts them back. */
function beginningOf(connection: Socket, decide: (isHttp2: boolean) => void): void {
  let seen = Buffer.alloc(0);
  const onData = (bytes: Buffer) => {
    seen = Buffer.concat([seen, bytes]);
    const length = Math.min(seen.length, preface.length);
    const isLike = seen.subarray(0, length).equals(preface.subarray(0, length));
    if (isLike && length < preface.length) return;
    forget();
    connection.pause();
    connection.unshift(seen);
    decide(isLike);
    process.nextTick(() => connection.resume());
  };
  const onEnd = () => connection.destroy();
  const forget = () => {
    connection.off('data', onData).off('error', onEnd).off('end', onEnd).off('timeout', onEnd);
    connection.setTimeout(0);
  };
  connection.on('data', onData).on('error', onEnd).on('end', onEnd).on('timeout', onEnd);
  connection.setTimeout(limits.headersMsMax);
}
