/**
 * Samples of datagrams that could not be used, into the log: the first at once, then one in a while with the number
 * of those it stands for. A flood of bad packets must not become a flood of lines.
 */
import type { CollectorError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { Log } from '../log.ts';

/** As many bytes as show which protocol a stray packet speaks. */
const SHOWN_BYTES = 32;

export interface PacketLog {
  /** `packet` is a sample of `packets` packets, 1 unless given; empty when there is none to show. */
  note(error: CollectorError, packet: Uint8Array, packets?: number): void;
}

export function createPacketLog(
  log: Log,
  listener: string,
  nowMs: () => number = () => performance.now(),
): PacketLog {
  let lastMs = Number.NEGATIVE_INFINITY;
  let unsaid = 0;
  return {
    note(error, packet, packets = 1) {
      unsaid += packets;
      if (nowMs() - lastMs < limits.packetLogMs) return;
      log('warn', 'datagrams were dropped', {
        listener,
        packets: unsaid,
        reason: error.reason,
        error: error.message,
        bytes: packet.length,
        begins: Buffer.from(packet.subarray(0, SHOWN_BYTES)).toString('hex'),
      });
      lastMs = nowMs();
      unsaid = 0;
    },
  };
}
