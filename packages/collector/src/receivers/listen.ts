/**
 * Opening a port, and saying plainly what is wrong when it cannot be opened.
 */
import type { Socket } from 'node:dgram';
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
  const place = parseListen(listen, listener);
  await opened(server, place, listener, (done) => server.listen(place, done));
}

/** The same for datagrams. */
export async function openSocket(socket: Socket, listen: string, listener: string): Promise<void> {
  const { host, port } = parseListen(listen, listener);
  await opened(socket, { host, port }, listener, (done) => {
    socket.bind({ address: host, port, exclusive: true }, done);
  });
}

async function opened(
  door: Server | Socket,
  { host, port }: { readonly host: string; readonly port: number },
  listener: string,
  open: (done: () => void) => void,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => {
      reject(new Error(explain(error, `${host}:${port}`, listener), { cause: error }));
    };
    door.once('error', fail);
    open(() => {
      door.removeListener('error', fail);
      resolve();
    });
  });
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
