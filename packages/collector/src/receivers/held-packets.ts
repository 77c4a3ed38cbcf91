/**
 * Datagrams that a translator holds back, on disk: written whole every few seconds while they change, so that a process
 * that is killed takes them up again. Nobody was told that they are safe, so nothing is synced.
 *
 * Never knows: why they are held.
 */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface HeldPackets {
  /** Those of an earlier run; none when there is no such file. */
  read(): Promise<Buffer[]>;
  /** In place of those before. */
  write(packets: readonly Uint8Array[]): Promise<void>;
}

/** Before each packet stands its length. */
const HEAD_BYTES = 4;

export function createHeldPackets(path: string): HeldPackets {
  return {
    async read() {
      const bytes = await readFile(path).catch(() => Buffer.alloc(0));
      return [...packetsIn(bytes)];
    },
    async write(packets) {
      if (packets.length === 0) {
        await rm(path, { force: true });
        return;
      }
      await mkdir(dirname(path), { recursive: true });
      await writeFile(`${path}.draft`, Buffer.concat(packets.flatMap(framed)));
      await rename(`${path}.draft`, path);
    },
  };
}

function framed(packet: Uint8Array): Uint8Array[] {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32BE(packet.length);
  return [head, packet];
}

/** What is cut off, as by a full disk, is left out. */
function* packetsIn(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at + HEAD_BYTES <= bytes.length; ) {
    const start = at + HEAD_BYTES;
    at = start + bytes.readUInt32BE(at);
    if (at <= bytes.length) yield bytes.subarray(start, at);
  }
}
