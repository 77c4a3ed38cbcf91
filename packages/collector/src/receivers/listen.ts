/**
 * Opening a port, and saying plainly what is wrong when it cannot be opened.
 */
import type { Server } from 'node:net';

export interface Listening {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** What a client is pointed at. */
  readonly url: string;
}

/** One protocol on one port. */
export interface Receiver {
  start(): Promise<Listening>;
  /** Takes nothing new, lets requests finish for a while, then closes every connection. */
  stop(): Promise<void>;
  connections(): number;
}

/** `host:port`, `[v6]:port` or a bare port, as Node wants it. Throws when it is none of these. */
export function parseListen(listen: string, listener: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(listen.trim());
  const bare = /^\d{1,5}$/.test(listen.trim());
  const port = Number(bare ? listen : match?.[3]);
  if ((!bare && match === null) || port > 65_535) {
    throw new Error(
      `listen.${listener}: found "${listen}", wanted host:port, for example 127.0.0.1:4318, or off`,
    );
  }
  return { host: match?.[1] ?? (match?.[2] || '127.0.0.1'), port };
}

/** Resolves when the server listens; rejects naming port, listener and flag. */
export async function openPort(server: Server, listen: string, listener: string): Promise<void> {
  const { host, port } = parseListen(listen, listener);
  await new Promise<void>((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => {
      reject(listenError(error, `${host}:${port}`, listener));
    };
    server.once('error', fail);
    server.listen({ host, port }, () => {
      server.removeListener('error', fail);
      resolve();
    });
  });
}

/** What kept a port from opening, with its listener and flag. */
export function listenError(error: NodeJS.ErrnoException, place: string, listener: string): Error {
  return new Error(explain(error, place, listener), { cause: error });
}

function explain(error: NodeJS.ErrnoException, place: string, listener: string): string {
  const help = `choose another with --listen.${listener} HOST:PORT, or off`;
  if (error.code === 'EADDRINUSE') {
    return `port taken: ${place} (listener ${listener}) is in use by another program; ${help}`;
  }
  if (error.code === 'EACCES') {
    return `no permission to listen on ${place} (listener ${listener}); ${help}`;
  }
  return `cannot listen on ${place} (listener ${listener}): ${error.message}; ${help}`;
}
