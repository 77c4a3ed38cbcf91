import { connect, createServer, type Socket } from 'node:net';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { createReader } from '@clew/wire';
import { afterEach, describe, expect, test } from 'vitest';
import { post, type Rig, type Settings, startRig } from '../../test/rig.ts';
import { request } from '../../test/traffic.ts';

let rig: Rig;
const start = async (settings?: Settings) => {
  rig = await startRig(settings);
  return rig;
};
afterEach(() => rig.stop());

/** The message of a google.rpc.Status in protobuf. */
function statusOf(body: Uint8Array): { code: number; message: string } {
  const status = { code: 0, message: '' };
  for (const reader = createReader(body); reader.next(); ) {
    if (reader.field === 1) status.code = reader.uint32();
    if (reader.field === 2) status.message = reader.string();
  }
  return status;
}

/** The partial success of an ExportTraceServiceResponse. */
function partialOf(body: Uint8Array): { rejected: number; message: string } {
  const partial = { rejected: 0, message: '' };
  for (const outer = createReader(body); outer.next(); ) {
    for (const reader = outer.message(); reader.next(); ) {
      if (reader.field === 1) partial.rejected = Number(reader.int64());
      if (reader.field === 2) partial.message = reader.string();
    }
  }
  return partial;
}

describe('a good request', () => {
  test('is answered with an empty response of its own content type, and is stored', async () => {
    const { http, collector, engine } = await start();
    const answer = await post(http, request({ spans: 5 }));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/x-protobuf');
    expect(answer.body.length).toBe(0);
    await collector.sealAndLoad();
    expect(engine.spans()).toBe(5);
  });

  test('in JSON is answered in JSON', async () => {
    const { http, collector, engine } = await start();
    const span = {
      traceId: '5B8EFFF798038103D269B633813FC60C',
      spanId: 'eee19b7ec3c1b174',
      name: 'I',
      kind: 2,
      startTimeUnixNano: String(BigInt(Date.now()) * 1_000_000n),
      endTimeUnixNano: Date.now() * 1e6,
      unknownField: { a: [1, 2] },
      attributes: [
        { key: 'n', value: { intValue: '7' } },
        { key: 'm', value: { intValue: 7 } },
      ],
    };
    const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
    const answer = await post(http, body, { 'content-type': 'application/json; charset=utf-8' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(JSON.parse(answer.body.toString())).toEqual({});
    await collector.sealAndLoad();
    expect(engine.spans()).toBe(1);
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    // Wrong by the book, but sent by real clients.
    ['deflate', deflateRawSync],
  ])('compressed with %s', async (encoding, compress) => {
    const { http, collector, engine } = await start();
    const answer = await post(http, compress(request({ spans: 400 })), {
      'content-encoding': encoding,
    });
    expect(answer.status).toBe(200);
    await collector.sealAndLoad();
    expect(engine.spans()).toBe(400);
  });

  test('without spans is a success that stores nothing', async () => {
    const { http, collector } = await start();
    expect((await post(http, new Uint8Array())).status).toBe(200);
    expect(collector.stats().spoolBytes).toBe(0);
  });

  test('many share one connection', async () => {
    const { http, collector } = await start();
    const socket = await connected(http);
    for (let n = 0; n < 3; n += 1) {
      const body = request();
      socket.write(
        `POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\ncontent-length: ${body.length}\r\n\r\n`,
      );
      socket.write(body);
      expect(await answered(socket)).toContain('200 OK');
    }
    expect(collector.stats().counters.requestsAccepted.get('otlp_http')).toBe(3);
    socket.destroy();
  });
});

describe('a partly bad request', () => {
  test('stores the neighbours of a span with a bad id and counts it', async () => {
    const { http, collector, engine } = await start();
    const body = request({
      spans: 4,
      change: (span, index) => (index === 2 ? { ...span, spanId: new Uint8Array(8) } : span),
    });
    const answer = await post(http, body);
    expect(answer.status).toBe(200);
    expect(partialOf(answer.body)).toEqual({
      rejected: 1,
      message: 'rejected 1 of 4 spans (span-id 1)',
    });
    await collector.sealAndLoad();
    expect(engine.spans()).toBe(3);
    expect(collector.stats().counters.spansRejected.get('span-id')).toBe(1);
  });

  test('keeps and flags a span that ends before it starts', async () => {
    const { http, collector, engine } = await start();
    const body = request({
      change: (span, index) =>
        index === 0 ? { ...span, endTimeUnixNano: (span.startTimeUnixNano as bigint) - 5n } : span,
    });
    const answer = await post(http, body, { 'content-type': 'application/x-protobuf' });
    expect(partialOf(answer.body)).toEqual({
      rejected: 0,
      message: 'kept with changes, marked on the spans (end_before_start 1)',
    });
    await collector.sealAndLoad();
    expect(engine.spans()).toBe(3);
  });

  test('says so in JSON with the count as a string', async () => {
    const { http } = await start();
    const span = { traceId: '00', spanId: 'eee19b7ec3c1b174', name: 'x' };
    const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
    const answer = await post(http, body, { 'content-type': 'application/json' });
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      partialSuccess: { rejectedSpans: '1' },
    });
  });
});

describe('a bad request', () => {
  test('cut short is 400 naming the byte offset, and nothing of it is stored', async () => {
    const { http, collector } = await start();
    const whole = request({ spans: 20 });
    const answer = await post(http, whole.subarray(0, whole.length - 7));
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toBe('application/x-protobuf');
    expect(statusOf(answer.body)).toMatchObject({
      code: 3,
      message: expect.stringMatching(/truncated at byte \d+/),
    });
    expect(collector.stats().spoolBytes).toBe(0);
    expect(collector.stats().counters.requestsRefused.get('malformed-protobuf')).toBe(1);
  });

  test.each([
    [
      'an overlong varint',
      [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
    ],
    ['a wrong wire type', [0x08, 0x01]],
    ['a group', [0x0b, 0x0c]],
  ])('%s is 400', async (_name, bytes) => {
    const { http } = await start();
    const answer = await post(http, Uint8Array.from(bytes));
    expect(answer.status).toBe(400);
    expect(statusOf(answer.body).message).toMatch(/at byte \d+/);
  });

  test('malformed JSON is 400 with a Status in JSON', async () => {
    const { http } = await start();
    const answer = await post(http, '{"resourceSpans": [', { 'content-type': 'application/json' });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      code: 3,
      message: expect.stringContaining('OTLP/JSON'),
    });
  });

  test.each([
    [{ 'content-type': 'text/plain' }, 'text/plain'],
    [{ 'content-encoding': 'br' }, 'found content encoding br'],
  ])('%j is 415', async (headers, words) => {
    const { http } = await start();
    const answer = await post(http, request(), headers);
    expect(answer.status).toBe(415);
    expect(answer.body.toString()).toContain(words);
  });

  test('compression that is none is 400', async () => {
    const { http } = await start();
    const answer = await post(http, request(), { 'content-encoding': 'gzip' });
    expect(answer.status).toBe(400);
    expect(statusOf(answer.body).message).toContain('not the gzip');
  });

  test('too many spans are refused for good', async () => {
    const { http } = await start({ 'receive.body_bytes_max': 8 * 2 ** 20 });
    const tiny = request({ spans: 50_001, change: ({ traceId, spanId }) => ({ traceId, spanId }) });
    const answer = await post(http, tiny);
    expect(answer.status).toBe(413);
    expect(answer.headers.get('retry-after')).toBeNull();
  });
});

describe('paths and methods', () => {
  test.each([
    ['GET', '/v1/traces', 405, 'POST /v1/traces'],
    ['POST', '/', 404, 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'],
    ['POST', '/v1/metrics', 404, 'OTEL_METRICS_EXPORTER=none'],
    ['POST', '/v1/logs', 404, 'OTEL_LOGS_EXPORTER=none'],
    ['POST', '/opentelemetry.proto.collector.trace.v1.TraceService/Export', 404, 'gRPC'],
    ['OPTIONS', '/v1/traces', 405, 'POST'],
  ])('%s %s is %i with a hint', async (method, path, status, hint) => {
    const { http } = await start();
    const answer = await fetch(http + path, { method });
    expect(answer.status).toBe(status);
    expect(((await answer.json()) as { message: string }).message).toContain(hint);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('a browser may send from an origin that is named, and from no other', async () => {
    const { http } = await start({ 'receive.cors_origins': 'https://shop.example' });
    const ask = (origin: string) =>
      fetch(`${http}/v1/traces`, { method: 'OPTIONS', headers: { origin } });
    const allowed = await ask('https://shop.example');
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://shop.example');
    expect((await ask('https://evil.example')).status).toBe(405);
  });
});

describe('size limits', () => {
  const limit = { 'receive.body_bytes_max': 64 * 1024 };

  test('an announced length over the limit is 413 before the body is sent', async () => {
    const { http } = await start(limit);
    const socket = await connected(http);
    socket.write(
      'POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\n' +
        `content-length: ${65 * 1024}\r\nexpect: 100-continue\r\n\r\n`,
    );
    expect(await answered(socket)).toContain('413 Payload Too Large');
    socket.destroy();
  });

  test('a chunked body over the limit is 413 that the sender can read while it still sends', async () => {
    const { http, collector } = await start(limit);
    const socket = await connected(http);
    const answer = answered(socket);
    socket.write(
      'POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\n' +
        'transfer-encoding: chunked\r\n\r\n',
    );
    const sending = setInterval(() => {
      socket.write(`2000\r\n${'x'.repeat(0x2000)}\r\n`);
    }, 1);
    expect(await answer).toContain('413 Payload Too Large');
    clearInterval(sending);
    await new Promise((resolve) => socket.once('close', resolve));
    expect(collector.stats().counters.requestsRefused.get('body-too-large')).toBe(1);
    expect(collector.stats().inFlightBytes).toBe(0);
  });

  test('a body of exactly the limit passes', async () => {
    const body = request({ spans: 30 });
    const { http } = await start({ 'receive.body_bytes_max': body.length });
    expect((await post(http, body)).status).toBe(200);
    expect((await post(http, gzipSync(body), { 'content-encoding': 'gzip' })).status).toBe(200);
  });

  test('requests beyond the bytes in flight are told to retry', async () => {
    const { http } = await start({ ...limit, 'receive.in_flight_bytes_max': 2 ** 20 });
    const sockets = await Promise.all(Array.from({ length: 17 }, () => connected(http)));
    // Seventeen bodies, all but the last byte of each sent: 17 × 64 KiB is more than 1 MiB.
    const answers = sockets.map((socket) => {
      socket.write(
        'POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\n' +
          `content-length: ${64 * 1024}\r\n\r\n`,
      );
      socket.write(new Uint8Array(64 * 1024 - 1));
      return answered(socket);
    });
    const first = await Promise.race(answers);
    expect(first).toContain('503 Service Unavailable');
    expect(first).toContain('retry-after: 1');
    for (const socket of sockets) socket.destroy();
  });
});

describe('slow and many', () => {
  test('a body that does not arrive in time is 408', async () => {
    const { http } = await start({ 'receive.body_timeout': 200, 'receive.header_timeout': 100 });
    const socket = await connected(http);
    socket.write(
      'POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\n' +
        'content-length: 1000\r\n\r\nab',
    );
    expect(await answered(socket)).toContain('408 Request Timeout');
  });

  test('headers that do not end are cut off', async () => {
    const { http } = await start({ 'receive.body_timeout': 200, 'receive.header_timeout': 100 });
    const socket = await connected(http);
    socket.write('POST /v1/traces HTTP/1.1\r\nhost: x\r\nx-slow: ');
    expect(await answered(socket)).toContain('408 Request Timeout');
  });

  test('headers that are too large are 431', async () => {
    const { http } = await start();
    const socket = await connected(http);
    socket.write(`POST /v1/traces HTTP/1.1\r\nhost: x\r\nx-big: ${'a'.repeat(20_000)}\r\n\r\n`);
    expect(await answered(socket)).toContain('431');
  });

  test('connections over the cap are closed, those within it go on', async () => {
    const { http, collector } = await start({ 'receive.connections_max': 2 });
    const [first, second] = [await connected(http), await connected(http)];
    const third = await connected(http);
    await new Promise((resolve) => third.once('close', resolve));
    expect(collector.stats().connections).toBe(2);
    first.destroy();
    second.destroy();
  });
});

test('a taken port is named with its listener and flag', async () => {
  await start();
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as { port: number };
  const listen = `127.0.0.1:${port}`;
  await expect(startRig({ 'listen.otlp_http': listen })).rejects.toThrow(
    new RegExp(`port taken: ${listen} \\(listener otlp_http\\).*--listen.otlp_http`),
  );
  taken.close();
});

function connected(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  return new Promise((resolve) => socket.once('connect', () => resolve(socket)));
}

/** The next piece the server sends, as text; empty when it closes without one. */
function answered(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    socket.once('data', (chunk) => resolve(chunk.toString()));
    socket.once('close', () => resolve(''));
  });
}
