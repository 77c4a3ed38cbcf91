/**
 * The thread that reads datagrams, and does nothing else.
 *
 * The system keeps some 200 kB of a socket's packets, 20 ms at 5,000 packets a second; whatever keeps the main thread
 * longer (a large JSON body, a collection of garbage) would lose packets. Here they are taken at once, laid behind one
 * another, and handed over a few times a second in one piece. Never knows: what is inside a packet.
 */
import { createSocket } from 'node:dgram';
import { parentPort, workerData } from 'node:worker_threads';

const { socketBufferBytes, waitingBytesMax, groupBytes, groupMs } = workerData;

/** By name: { socket, packets, bytes, waitingBytes, dropped, timer }. */
const doors = new Map();

parentPort.on('message', ({ kind, name, ...order }) => {
  if (kind === 'open') open(name, order);
  else if (kind === 'took') doors.get(name).waitingBytes -= order.bytes;
  else close(name);
});

function open(name, { type, host, port }) {
  const socket = createSocket({ type, recvBufferSize: socketBufferBytes });
  const door = { socket, packets: [], bytes: 0, waitingBytes: 0, dropped: 0, timer: undefined };
  const fail = ({ code, message }) =>
    parentPort.postMessage({ kind: 'failed', name, code, message });
  socket.once('error', fail);
  socket.on('message', (packet) => take(name, door, packet));
  socket.bind({ address: host, port, exclusive: true }, () => {
    socket.removeListener('error', fail);
    // From here on an error is of one packet, and says so in the counts of the system.
    socket.on('error', () => undefined);
    doors.set(name, door);
    parentPort.postMessage({ kind: 'opened', name, place: socket.address() });
  });
}

function take(name, door, packet) {
  if (door.waitingBytes + packet.length > waitingBytesMax) door.dropped += 1;
  else {
    door.packets.push(packet);
    door.bytes += packet.length;
    door.waitingBytes += packet.length;
  }
  if (door.bytes >= groupBytes) flush(name, door);
  else door.timer ??= setTimeout(() => flush(name, door), groupMs);
}

/** Hands everything over: lengths, and the bytes of all packets behind one another. */
function flush(name, door) {
  clearTimeout(door.timer);
  door.timer = undefined;
  const { packets, dropped } = door;
  if (packets.length === 0 && dropped === 0) return;
  const bytes = new Uint8Array(door.bytes);
  let at = 0;
  for (const packet of packets) {
    bytes.set(packet, at);
    at += packet.length;
  }
  const lengths = packets.map(({ length }) => length);
  door.packets = [];
  door.bytes = 0;
  door.dropped = 0;
  parentPort.postMessage({ kind: 'packets', name, bytes, lengths, dropped }, [bytes.buffer]);
}

function close(name) {
  const door = doors.get(name);
  door.socket.close(() => {
    flush(name, door);
    doors.delete(name);
    parentPort.postMessage({ kind: 'closed', name });
  });
}
