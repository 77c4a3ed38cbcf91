/**
 * Spans in datagrams: queued under a bound, translated a group at a time, appended together.
 *
 * Nobody is answered, so whatever is dropped is counted by reason and sampled into the log. Packets go through the
 * same admission as every other request; translated requests are joined by laying their bytes behind one
 * another, which in protobuf merges them. Never knows: what is inside a packet.
 */
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { protocols, type Rejection, type UdpProtocol } from '@clew/translate';
import type { Admit } from '../admit.ts';
import { asCollectorError, CollectorError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { Log } from '../log.ts';
import type { ReceiverParts } from './http.ts';
import { bareRequest, translateBody } from './intake.ts';
import { type Listening, openSocket, parseListen, type Receiver } from './listen.ts';
import { createPacketLog, type PacketLog } from './packet-log.ts';

export interface UdpReceiverParts extends ReceiverParts {
  readonly log: Log;
  readonly admit: Admit;
  readonly onRejected: (rejected: readonly Rejection[], listener: string) => void;
}

/** Opens the listener on `start`; nothing is bound before. */
export function createUdpReceiver(parts: UdpReceiverParts): Receiver {
  const name = parts.listener.name;
  const { host } = parseListen(parts.listen, name);
  const socket = createSocket({
    type: isIPv6(host) ? 'udp6' : 'udp4',
    recvBufferSize: limits.socketBufferBytes,
  });
  const queue = createQueue({ ...parts, protocol: protocolOf(name) });
  socket.on('message', (packet) => queue.add(packet));
  let timer: NodeJS.Timeout | undefined;
  return {
    start() {
      timer = setInterval(() => void queue.release(parts.nowMs()), limits.heldLookMs).unref();
      return startListening(socket, parts.listen, name);
    },
    async stop() {
      clearInterval(timer);
      await closed(socket);
      await queue.drained();
      await queue.release(Number.POSITIVE_INFINITY);
    },
    connections: () => 0,
  };
}

async function startListening(socket: Socket, listen: string, name: string): Promise<Listening> {
  await openSocket(socket, listen, name);
  // From here on an error is of one packet, and says so in the counts of the system.
  socket.on('error', () => undefined);
  const { address, port, family } = socket.address();
  const host = family === 'IPv6' ? `[${address}]` : address;
  return { name, host: address, port, url: `udp://${host}:${port}` };
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    try {
      socket.close(() => resolve());
    } catch {
      // It never was open.
      resolve();
    }
  });
}

interface Queue {
  add(packet: Buffer): void;
  /** Resolves when everything that was added is stored or dropped. */
  drained(): Promise<void>;
  /** Stores what the translator has held back until then. Never rejects. */
  release(untilMs: number): Promise<void>;
}

/** A port of datagrams speaks one protocol: there is no header to tell several apart. */
function protocolOf(listener: string): UdpProtocol {
  const row = protocols.find((each) => each.transport === 'udp' && each.listener === listener);
  if (row === undefined) throw new Error(`no protocol is spoken on listener ${listener}`);
  return row as UdpProtocol;
}

interface Door extends UdpReceiverParts {
  readonly protocol: UdpProtocol;
}

function createQueue(parts: Door): Queue {
  const packetLog = createPacketLog(parts.log, parts.listener.name);
  const waiting: Buffer[] = [];
  let waitingBytes = 0;
  let draining: Promise<void> | undefined;

  const drain = async () => {
    while (waiting.length > 0) {
      // Each append costs the same, however much it holds.
      if (waitingBytes < limits.packetGroupBytes) await pause(limits.packetGroupMs);
      const group = takeGroup(waiting);
      for (const packet of group) waitingBytes -= packet.length;
      await storeGroup(parts, packetLog, group);
    }
    draining = undefined;
  };
  return {
    add(packet) {
      const problem = problemOf(packet, waitingBytes);
      if (problem !== undefined) {
        parts.onRefused(problem, parts.listener.name);
        packetLog.note(problem, packet);
        return;
      }
      waiting.push(packet);
      waitingBytes += packet.length;
      draining ??= drain();
    },
    drained: async () => draining,
    async release(untilMs) {
      const held = parts.protocol.release?.(untilMs);
      if (held === undefined) return;
      await store(parts, [held]).catch((error: unknown) => {
        parts.onRefused(asCollectorError(error), parts.listener.name);
      });
    },
  };
}

function problemOf({ length }: Buffer, waitingBytes: number): CollectorError | undefined {
  const { packetBytesMax, packetsWaitingBytesMax } = limits;
  if (length > packetBytesMax) {
    return new CollectorError('PACKET_TOO_LARGE', { found: length, limit: packetBytesMax });
  }
  if (waitingBytes + length > packetsWaitingBytesMax) {
    const facts = { found: waitingBytes, limit: packetsWaitingBytesMax };
    return new CollectorError('PACKETS_WAITING', facts);
  }
  return undefined;
}

function takeGroup(waiting: Buffer[]): Buffer[] {
  let bytes = 0;
  let count = 0;
  for (const { length } of waiting) {
    if (count > 0 && bytes + length > limits.packetGroupBytes) break;
    bytes += length;
    count += 1;
  }
  return waiting.splice(0, count);
}

/** Never throws: what cannot be stored is counted and logged. */
async function storeGroup(
  parts: Door,
  packetLog: PacketLog,
  group: readonly Buffer[],
): Promise<void> {
  const { listener, nowMs, onRejected } = parts;
  const drop = (error: CollectorError, packet: Buffer) => {
    parts.onRefused(error, listener.name);
    packetLog.note(error, packet);
  };
  const good: { readonly packet: Buffer; readonly otlp: Uint8Array }[] = [];
  for (const packet of group) {
    try {
      const { otlp, rejected } = translateBody(parts.protocol, packet, bareRequest(nowMs()));
      if (rejected.length > 0) onRejected(rejected, listener.name);
      good.push({ packet, otlp });
    } catch (error) {
      drop(asCollectorError(error), packet);
    }
  }
  try {
    await store(
      parts,
      good.map(({ otlp }) => otlp),
    );
  } catch {
    // One of them may be at fault, so each is tried by itself.
    for (const { packet, otlp } of good) {
      await store(parts, [otlp]).catch((error: unknown) => drop(asCollectorError(error), packet));
    }
  }
}

async function store(
  { inFlight, admit, listener }: UdpReceiverParts,
  requests: readonly Uint8Array[],
): Promise<void> {
  if (requests.length === 0) return;
  const lease = inFlight.lease();
  try {
    const bytes = requests.reduce((sum, { length }) => sum + length, 0);
    lease.grow(bytes);
    const joined = requests.length === 1 ? requests[0]! : Buffer.concat(requests, bytes);
    await admit(joined, listener.name);
  } finally {
    lease.release();
  }
}
