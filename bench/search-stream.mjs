/**
 * How soon a streaming search shows its first traces, and all of them: Tempo's streaming RPC as Grafana calls it, over
 * HTTP/2 on the port of the user interface.
 */
import { connect } from 'node:http2';

const PATH = '/tempopb.StreamingQuerier/Search';
const QUESTIONS = {
  streamErrors: '{ status = error }',
  streamService: '{ resource.service.name = "orders" && duration > 100ms }',
  streamStructural: '{ name = "POST /cart" } >> { status = error }',
};

/**
 * @param {string} ui address of the user interface
 * @param {{ fromMs: number, toMs: number, rounds: number }} options
 */
export async function streamTimes(ui, { fromMs, toMs, rounds }) {
  const session = connect(ui);
  try {
    const times = {};
    for (const [name, q] of Object.entries(QUESTIONS)) {
      const request = searchRequest({ q, limit: 20, fromMs, toMs });
      const asked = [];
      for (let round = 0; round < rounds; round++) asked.push(await ask(session, request));
      times[name] = {
        firstP95Ms: p95(asked.map(({ firstMs }) => firstMs)),
        allP95Ms: p95(asked.map(({ allMs }) => allMs)),
      };
      process.stderr.write(`${name} ${JSON.stringify(times[name])}\n`);
    }
    return times;
  } finally {
    session.close();
  }
}

function ask(session, request) {
  const start = performance.now();
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': PATH,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    let pending = Buffer.alloc(0);
    let firstMs;
    stream.on('data', (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= 5 && pending.length >= 5 + pending.readUInt32BE(1)) {
        const message = pending.subarray(5, 5 + pending.readUInt32BE(1));
        pending = pending.subarray(5 + message.length);
        // Field 1, the traces, comes first; a message without them tells the progress only.
        if (message[0] === 0x0a) firstMs ??= performance.now() - start;
      }
    });
    stream.once('error', reject);
    stream.once('trailers', ({ 'grpc-status': status, 'grpc-message': words }) => {
      if (status !== '0') reject(new Error(`grpc-status ${status}: ${words}`));
      else if (firstMs === undefined) reject(new Error('no trace was found'));
      else resolve({ firstMs, allMs: performance.now() - start });
    });
    stream.end(request);
  });
}

/** A gRPC frame of `tempopb.SearchRequest`: 4 limit, 5 start and 6 end in seconds, 8 query. */
function searchRequest({ q, limit, fromMs, toMs }) {
  const seconds = (ms) => Math.floor(ms / 1000);
  const numbers = [...uint(4, limit), ...uint(5, seconds(fromMs)), ...uint(6, seconds(toMs))];
  const text = Buffer.from(q);
  const message = Buffer.concat([Buffer.from([...numbers, (8 << 3) | 2, text.length]), text]);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

function uint(field, value) {
  const bytes = [field << 3];
  for (; value > 0x7f; value = Math.floor(value / 128)) bytes.push((value % 128) | 0x80);
  return [...bytes, value];
}

function p95(times) {
  times.sort((one, other) => one - other);
  return Math.round(times[Math.min(times.length - 1, Math.floor(0.95 * times.length))] * 10) / 10;
}
