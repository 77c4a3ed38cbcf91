/**
 * Spans in datagrams: read by a thread of their own (`datagrams.ts`), queued under a bound, translated a group at a time, appended together.
 *
 * Nobody is answered, so whatever is dropped is counted by reason and sampled into the log. Packets go through the
 * same admission as every other request; translated requests are joined by laying their bytes behind one
 * another, which in protobuf merges them. Never knows: what is inside a packet.
 */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { protocols, type Rejection, type UdpProtocol } from '@clew/translate';
import type { Admit } from '../admit.ts';
import { asCollectorError, CollectorError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { Log } from '../log.ts';
import type { Datagrams, OpenDoor } from './datagrams.ts';
import { createHeldPackets } from './held-packets.ts';
import type { ReceiverParts } from './http.ts';
import { bareRequest, translateBody } from './intake.ts';
import type { Listening, Receiver } from './listen.ts';
import { createPacketLog, type PacketLog } from './packet-log.ts';
import { systemDrops } from './system-drops.ts';

export interface UdpReceiverParts extends ReceiverParts {
  readonly log: Log;
  readonly admit: Admit;
  readonly onRejected: (rejected: readonly Rejection[], listener: string) => void;
  /** The thread that reads the sockets of all listeners. */
  readonly datagrams: Datagrams;
  /** A folder for what translators hold back. */
  readonly heldDir: string;
}

/** Opens the listener on `start`; nothing is bound before. */
export function createUdpReceiver(parts: UdpReceiverParts): Receiver {
  const { listener, listen } = parts;
  const { name } = listener;
  let open: OpenDoor | undefined;
  let timer: NodeJS.Timeout | undefined;
  // After the port is closed nobody counts any more.
  const took = (bytes: number) => open?.took(bytes);
  const packetLog = createPacketLog(parts.log, name);
  const door: Door = { ...parts, protocol: protocolOf(name), packetLog, took };
  const queue = createQueue(door);
  const holding = createHolding(door);
  return {
    async start() {
      const { onPackets, onDropped } = queue;
      await holding.resume();
      open = await parts.datagrams.open({ name, listen, onPackets, onDropped });
      const { port } = open.place;
      const look = () => {
        void holding.release(parts.nowMs()).then(holding.keep);
        void systemDrops(port).then(queue.onSystemDrops);
      };
      timer = setInterval(look, limits.heldLookMs).unref();
      return listening(name, open);
    },
    async stop() {
      clearInterval(timer);
      const closing = open;
      open = undefined;
      await closing?.close();
      await queue.drained();
      await holding.release(Number.POSITIVE_INFINITY);
      await holding.keep();
    },
    connections: () => 0,
  };
}

function listening(name: string, { place }: OpenDoor): Listening {
  const { address, port, family } = place;
  const host = family === 'IPv6' ? `[${address}]` : address;
  return { name, host: address, port, url: `udp://${host}:${port}` };
}

const NONE = new Uint8Array(0);

interface Queue {
  onPackets(packets: readonly Buffer[]): void;
  onDropped(packets: number): void;
  /** So many packets the system itself has dropped until now. */
  onSystemDrops(packets: number): void;
  /** Resolves when everything that was added is stored or dropped. */
  drained(): Promise<void>;
}

/** What the translator holds back. */
interface Holding {
  /** Stores what has been held back until then. Never rejects. */
  release(untilMs: number): Promise<void>;
  /** Gives the translator what it held back when an earlier run was killed. */
  resume(): Promise<void>;
  /** Has on disk what is held back now. Never rejects. */
  keep(): Promise<void>;
}

/** A port of datagrams speaks one protocol: there is no header to tell several apart. */
function protocolOf(listener: string): UdpProtocol {
  const row = protocols.find((each) => each.transport === 'udp' && each.listener === listener);
  if (row === undefined) throw new Error(`no protocol is spoken on listener ${listener}`);
  return row as UdpProtocol;
}

interface Door extends UdpReceiverParts {
  readonly protocol: UdpProtocol;
  readonly packetLog: PacketLog;
  /** So many bytes of packets wait no longer. */
  readonly took: (bytes: number) => void;
}

function createQueue(parts: Door): Queue {
  const { packetLog } = parts;
  const bytesMax = parts.protocol.packetBytesMax ?? limits.packetBytesMax;
  const waiting: Buffer[] = [];
  let waitingBytes = 0;
  let draining: Promise<void> | undefined;

  let systemDropped = 0;
  const drop = (problem: CollectorError, packet: Uint8Array, packets = 1) => {
    parts.onRefused(problem, parts.listener.name, packets);
    packetLog.note(problem, packet, packets);
  };
  const drain = async () => {
    while (waiting.length > 0) {
      // Each append costs the same, however much it holds.
      if (waitingBytes < limits.packetGroupBytes) await pause(limits.packetGroupMs);
      const group = takeGroup(waiting);
      const bytes = group.reduce((sum, { length }) => sum + length, 0);
      waitingBytes -= bytes;
      await storeGroup(parts, group);
      parts.took(bytes);
    }
    draining = undefined;
  };
  return {
    onPackets(packets) {
      for (const packet of packets) {
        const { length } = packet;
        if (length > bytesMax) {
          const facts = { found: length, limit: bytesMax };
          drop(new CollectorError('PACKET_TOO_LARGE', facts), packet);
          parts.took(length);
          continue;
        }
        waiting.push(packet);
        waitingBytes += length;
      }
      draining ??= drain();
    },
    onDropped(packets) {
      const facts = { found: waitingBytes, limit: limits.packetsWaitingBytesMax };
      drop(new CollectorError('PACKETS_WAITING', facts), NONE, packets);
    },
    onSystemDrops(packets) {
      if (packets > systemDropped) {
        drop(new CollectorError('PACKETS_LOST'), NONE, packets - systemDropped);
      }
      systemDropped = packets;
    },
    drained: async () => draining,
  };
}

function createHolding(parts: Door): Holding {
  const { protocol, listener, log } = parts;
  const kept = createHeldPackets(join(parts.heldDir, listener.name));
  let keeping: Promise<void> = Promise.resolve();
  return {
    async release(untilMs) {
      const held = protocol.release?.(untilMs);
      if (held === undefined) return;
      await store(parts, [held]).catch((error: unknown) => {
        parts.onRefused(asCollectorError(error), listener.name);
      });
    },
    async resume() {
      if (protocol.held === undefined) return;
      const packets = await kept.read();
      if (packets.length > 0) await storeGroup(parts, packets);
    },
    keep() {
      // One after the other: what a stop writes is the last word.
      keeping = keeping.then(async () => {
        const held = protocol.held?.();
        if (held !== undefined) await kept.write(held);
      });
      keeping = keeping.catch((error: unknown) => {
        const facts = { listener: listener.name, reason: String(error) };
        log('warn', 'what waits could not be written to disk', facts);
      });
      return keeping;
    },
  };
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
async function storeGroup(parts: Door, group: readonly Buffer[]): Promise<void> {
  const { listener, nowMs, onRejected, packetLog } = parts;
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
