/**
 * One receiver per row of `translate`'s table of listeners that is not off.
 *
 * Never knows: which protocols there are.
 */
import { type Listener, listeners } from '@clew/translate';
import { createDatagrams } from './datagrams.ts';
import { type Call, createGrpcReceiver } from './grpc.ts';
import { createHttpReceiver, type Otherwise } from './http.ts';
import type { Receiver } from './listen.ts';
import { createUdpReceiver, type UdpReceiverParts } from './udp.ts';

export interface DoorParts extends Omit<UdpReceiverParts, 'listener' | 'listen' | 'datagrams'> {
  /** Listener → `host:port`, `off` or `false`. */
  readonly listen: Readonly<Record<string, string>>;
  /** By listener: who answers what its protocols do not. */
  readonly otherwise?: Readonly<Record<string, Otherwise>> | undefined;
  /** By gRPC listener and path: calls that bring no spans. */
  readonly calls?: Readonly<Record<string, Readonly<Record<string, Call>>>> | undefined;
}

export function createDoors(parts: DoorParts): Receiver[] {
  const datagrams = createDatagrams();
  return listeners
    .filter(({ name }) => isOpen(parts.listen[name]))
    .map((listener) => createDoor({ ...parts, datagrams }, listener));
}

function isOpen(listen = 'off'): boolean {
  return listen !== 'off' && listen !== 'false';
}

type SharedParts = DoorParts & Pick<UdpReceiverParts, 'datagrams'>;

function createDoor(parts: SharedParts, listener: Listener): Receiver {
  const { name, transport } = listener;
  const shared = { ...parts, listener, listen: parts.listen[name] as string };
  switch (transport) {
    case 'http':
      return createHttpReceiver({ ...shared, otherwise: parts.otherwise?.[name] });
    case 'grpc':
      return createGrpcReceiver({ ...shared, calls: parts.calls?.[name] });
    case 'udp':
      return createUdpReceiver(shared);
  }
}
