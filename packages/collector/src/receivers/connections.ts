/**
 * A cap on open connections, in all and from one address. What is over it is closed at once.
 */
import type { Server, Socket } from 'node:net';

export interface ConnectionCaps {
  readonly connectionsMax: number;
  readonly perAddressMax: number;
}

export interface Connections {
  readonly open: number;
  readonly refused: number;
  /** Closes every connection that is still open. */
  destroyAll(): void;
}

/** Watches a server's connections; `onAccepted` gets those within the caps. */
export function capConnections(
  server: Server,
  caps: ConnectionCaps,
  onAccepted: (socket: Socket) => void = () => undefined,
): Connections {
  const sockets = new Set<Socket>();
  const perAddress = new Map<string, number>();
  let refused = 0;
  // First in line: a refused socket is destroyed before anyone else reads from it.
  server.prependListener('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    const fromThere = perAddress.get(address) ?? 0;
    if (sockets.size >= caps.connectionsMax || fromThere >= caps.perAddressMax) {
      refused += 1;
      socket.destroy();
      return;
    }
    sockets.add(socket);
    perAddress.set(address, fromThere + 1);
    socket.once('close', () => {
      sockets.delete(socket);
      const left = (perAddress.get(address) ?? 1) - 1;
      if (left === 0) perAddress.delete(address);
      else perAddress.set(address, left);
    });
    onAccepted(socket);
  });
  return {
    get open() {
      return sockets.size;
    },
    get refused() {
      return refused;
    },
    destroyAll() {
      for (const socket of sockets) socket.destroy();
    },
  };
}
