/**
 * The main thread's side of the thread that reads datagrams (`host/datagrams.mjs`): one for all listeners, started
 * with the first and ended with the last.
 *
 * Never knows: what is inside a packet.
 */
import type { AddressInfo } from 'node:net';
import { isIPv6 } from 'node:net';
import { Worker } from 'node:worker_threads';
import { limits } from '../limits.ts';
import { listenError, parseListen } from './listen.ts';

export interface DatagramDoor {
  /** The listener's name. */
  readonly name: string;
  /** `host:port` */
  readonly listen: string;
  /** Packets in the order of their arrival; each must be given back by `took`. */
  readonly onPackets: (packets: readonly Buffer[]) => void;
  /** So many packets came while too many waited. */
  readonly onDropped: (packets: number) => void;
}

export interface OpenDoor {
  readonly place: AddressInfo;
  /** So many bytes of packets are dealt with. */
  took(bytes: number): void;
  /** Resolves when everything that had arrived was handed over. */
  close(): Promise<void>;
}

export interface Datagrams {
  /** Rejects naming port, listener and flag when the port cannot be had. */
  open(door: DatagramDoor): Promise<OpenDoor>;
}

type Told = { readonly name: string } & (
  | { readonly kind: 'opened'; readonly place: AddressInfo }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | { readonly kind: 'closed' }
  | {
      readonly kind: 'packets';
      readonly bytes: Uint8Array<ArrayBuffer>;
      readonly lengths: readonly number[];
      readonly dropped: number;
    }
);

interface Known extends DatagramDoor {
  opened: (place: AddressInfo) => void;
  failed: (error: Error) => void;
  closed: () => void;
}

const THREAD = new URL('../../host/datagrams.mjs', import.meta.url);

export function createDatagrams(): Datagrams {
  const doors = new Map<string, Known>();
  let worker: Worker | undefined;

  const start = () => {
    const started = new Worker(THREAD, {
      workerData: {
        socketBufferBytes: limits.socketBufferBytes,
        waitingBytesMax: limits.packetsWaitingBytesMax,
        groupBytes: limits.packetGroupBytes,
        groupMs: limits.packetGroupMs,
      },
    });
    started.on('message', (told: Told) => hear(doors.get(told.name), told));
    return started;
  };
  const forget = async (name: string) => {
    doors.delete(name);
    if (doors.size > 0) return;
    const last = worker;
    worker = undefined;
    await last?.terminate();
  };
  return {
    async open(door) {
      const { name } = door;
      const { host, port } = parseListen(door.listen, name);
      worker ??= start();
      const thread = worker;
      const nothing = () => undefined;
      const known: Known = { ...door, opened: nothing, failed: nothing, closed: nothing };
      doors.set(name, known);
      const opened = new Promise<AddressInfo>((resolve, reject) => {
        known.opened = resolve;
        known.failed = reject;
      });
      thread.postMessage({ kind: 'open', name, host, port, type: isIPv6(host) ? 'udp6' : 'udp4' });
      const place = await opened.catch(async (error: NodeJS.ErrnoException) => {
        await forget(name);
        throw listenError(error, `${host}:${port}`, name);
      });
      return {
        place,
        took: (bytes) => thread.postMessage({ kind: 'took', name, bytes }),
        async close() {
          const closed = new Promise<void>((resolve) => {
            known.closed = resolve;
          });
          thread.postMessage({ kind: 'close', name });
          await closed;
          await forget(name);
        },
      };
    },
  };
}

function hear(door: Known | undefined, told: Told): void {
  if (door === undefined) return;
  switch (told.kind) {
    case 'opened':
      door.opened(told.place);
      return;
    case 'failed':
      door.failed(Object.assign(new Error(told.message), { code: told.code }));
      return;
    case 'closed':
      door.closed();
      return;
    case 'packets':
      if (told.dropped > 0) door.onDropped(told.dropped);
      door.onPackets(cut(told.bytes, told.lengths));
  }
}

/** The packets that lie behind one another in `bytes`. */
function cut({ buffer }: Uint8Array<ArrayBuffer>, lengths: readonly number[]): Buffer[] {
  let at = 0;
  return lengths.map((length) => {
    at += length;
    return Buffer.from(buffer, at - length, length);
  });
}
