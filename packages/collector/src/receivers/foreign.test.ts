/**
 * The doors of foreign protocols: how each answers, what it refuses, and that nothing of a refused body is stored.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { Client, credentials } from '@grpc/grpc-js';
import { afterEach, describe, expect, test } from 'vitest';
import { type Rig, type Settings, startRig } from '../../test/rig.ts';

const fixtures = fileURLToPath(new URL('../../../translate/fixtures', import.meta.url));
const capture = (path: string) => readFileSync(`${fixtures}/${path}`);

const free = '127.0.0.1:0';
let rig: Rig;
const start = async (...names: string[]) => {
  const listen: Settings = Object.fromEntries(names.map((name) => [`listen.${name}`, free]));
  rig = await startRig({ ...listen, hot_window: 96 * 3_600_000 });
  return rig;
};
afterEach(() => rig.stop());

async function send(url: string, contentType: string, body: Uint8Array | string, more = {}) {
  const headers = { 'content-type': contentType, ...more };
  const answer = await fetch(url, { method: 'POST', body: body as BodyInit, headers });
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
}

/** A span that just was, in Zipkin's JSON. */
function zipkinSpan(more: object = {}): object {
  const id = Math.floor(Math.random() * 2 ** 48)
    .toString(16)
    .padStart(16, '1');
  return { traceId: id, id, name: 'get', timestamp: Date.now() * 1000, duration: 10, ...more };
}

describe('Zipkin', () => {
  test.each([
    ['/api/v2/spans', 'application/json', 'zipkin-v2-json/zipkin-js-client.bin', 3],
    ['/zipkin/api/v2/spans', 'application/json; charset=utf-8', 'zipkin-v2-json/py-zipkin.bin', 3],
    ['/api/v2/spans', 'application/x-protobuf', 'zipkin-v2-proto/otel-python.bin', 3],
    ['/api/v2/spans', 'text/plain', 'zipkin-v2-json/otel-js.bin', 1],
    ['/api/v1/spans', 'application/json', 'zipkin-v1-json/zipkin-js-client.bin', 3],
    ['/api/v1/spans/', 'application/x-thrift', 'zipkin-v1-thrift/py-zipkin.bin', 4],
  ])('takes POST %s of %s', async (path, type, file, spans) => {
    const { collector, engine, url } = await start('zipkin');
    expect(await send(url('zipkin') + path, type, capture(file))).toMatchObject({
      status: 202,
      text: '',
    });
    await collector.sealAndLoad();
    expect(engine.spans()).toBe(spans);
    expect(collector.stats().counters.spansAccepted.get('zipkin')).toBe(spans);
  });

  test('takes gzip, and an empty body', async () => {
    const { collector, engine, url } = await start('zipkin');
    const body = gzipSync(JSON.stringify([zipkinSpan()]));
    const to = `${url('zipkin')}/api/v2/spans`;
    const more = { 'content-encoding': 'gzip' };
    expect((await send(to, 'application/json', body, more)).status).toBe(202);
    expect((await send(to, 'application/json', '')).status).toBe(202);
    await collector.sealAndLoad();
    expect(engine.spans()).toBe(1);
  });

  test('keeps the neighbours of a span with a bad id, and counts it', async () => {
    const { collector, engine, url } = await start('zipkin');
    const body = JSON.stringify([zipkinSpan(), zipkinSpan({ id: 'xyz' }), zipkinSpan()]);
    expect((await send(`${url('zipkin')}/api/v2/spans`, 'application/json', body)).status).toBe(
      202,
    );
    await collector.sealAndLoad();
    expect(engine.spans()).toBe(2);
    expect(collector.stats().counters.spansRejected.get('span-id')).toBe(1);
  });

  test.each([
    ['/api/v2/spans', '{}', 'Expected a JSON_V2 encoded list'],
    ['/api/v2/spans', '[{]', 'malformed JSON'],
    ['/api/v2/spans', '[{"traceId":5}]', '[0].traceId: found 5, wanted a string'],
    ['/api/v2/spans', '[{"binaryAnnotations":[]}]', 'but received: JSON_V1'],
    ['/api/v1/spans', '[{"localEndpoint":{}}]', 'but received: JSON_V2'],
  ])('refuses %s of %s in words', async (path, body, words) => {
    const { collector, url, engine } = await start('zipkin');
    const answer = await send(url('zipkin') + path, 'application/json', body);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(words);
    expect(collector.stats().spoolBytes).toBe(0);
    expect(collector.stats().counters.requestsRefused.get('malformed-body')).toBe(1);
    await collector.stop();
    expect(engine.ledger).toMatchObject([
      { outcome: 'refused', reason: 'malformed-body', listener: 'zipkin', requests: 1 },
    ]);
  });

  test('says where spans go when asked elsewhere', async () => {
    const { url } = await start('zipkin');
    const answer = await fetch(`${url('zipkin')}/api/v2/traces`);
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain('POST /api/v2/spans');
  });
});

/** The row of the ledger that counts a malformed body. */
function refusedOf(listener: string): object {
  const row = { outcome: 'refused', reason: 'malformed-body', listener, requests: 1 };
  return expect.objectContaining(row);
}

describe('Jaeger over HTTP', () => {
  test.each(['application/x-thrift', 'application/vnd.apache.thrift.binary; x=y'])(
    'takes %s',
    async (type) => {
      const { collector, engine, url } = await start('jaeger_http');
      const to = `${url('jaeger_http')}/api/traces?format=jaeger.thrift`;
      const body = capture('jaeger-thrift-http/otel-python.bin');
      expect(await send(to, type, body)).toMatchObject({ status: 202, text: '' });
      await collector.sealAndLoad();
      expect(engine.spans()).toBe(3);
    },
  );

  test('calls everything else a bad request, as its own collector does', async () => {
    const { url, collector, engine } = await start('jaeger_http');
    const to = `${url('jaeger_http')}/api/traces`;
    expect(await send(to, 'application/json', '[]')).toMatchObject({
      status: 400,
      text: expect.stringContaining('found content type application/json'),
    });
    const cut = capture('jaeger-thrift-http/otel-python.bin').subarray(0, 500);
    expect(await send(to, 'application/x-thrift', cut)).toMatchObject({
      status: 400,
      text: expect.stringContaining('not a Jaeger batch in binary Thrift'),
    });
    expect(collector.stats().spoolBytes).toBe(0);
    await collector.stop();
    expect(engine.ledger).toContainEqual(refusedOf('jaeger_http'));
  });
});

describe('Jaeger over gRPC', () => {
  const POST_SPANS = '/jaeger.api_v2.CollectorService/PostSpans';

  function call(url: string, message: Uint8Array): Promise<Buffer> {
    const client = new Client(url.replace('http://', ''), credentials.createInsecure());
    const same = (bytes: Buffer) => bytes;
    return new Promise((resolve, reject) => {
      client.makeUnaryRequest(POST_SPANS, same, same, Buffer.from(message), (error, answer) => {
        client.close();
        if (error !== null) reject(error);
        else resolve(answer as Buffer);
      });
    });
  }

  test('takes PostSpans', async () => {
    const { collector, engine, url } = await start('jaeger_grpc');
    expect(await call(url('jaeger_grpc'), capture('jaeger-grpc/otel-python.bin'))).toHaveLength(0);
    await collector.sealAndLoad();
    expect(engine.spans()).toBe(3);
  });

  test('refuses what is none', async () => {
    const { url, collector, engine } = await start('jaeger_grpc');
    await expect(call(url('jaeger_grpc'), Uint8Array.of(0x0a, 9))).rejects.toMatchObject({
      code: 3,
      details: expect.stringContaining('not a Jaeger PostSpansRequest'),
    });
    await collector.stop();
    expect(engine.ledger).toContainEqual(refusedOf('jaeger_grpc'));
  });
});

describe('Jaeger over UDP', () => {
  async function sendPackets(url: string, packets: readonly Uint8Array[]): Promise<void> {
    const socket = createSocket('udp4');
    const { port, hostname } = new URL(url);
    for (const packet of packets) {
      await new Promise((resolve) => socket.send(packet, Number(port), hostname, resolve));
    }
    socket.close();
    await once(socket, 'close');
  }

  async function until(isSo: () => boolean): Promise<void> {
    for (const end = performance.now() + 10_000; !isSo() && performance.now() < end; ) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  test.each([
    ['jaeger_udp', 'jaeger-compact/otel-python.bin'],
    ['jaeger_udp_binary', 'jaeger-binary/jaeger-client-node.bin'],
  ])('%s takes its encoding, and what it took is durable', async (name, file) => {
    const { collector, engine, url } = await start(name);
    await sendPackets(url(name), [capture(file)]);
    await until(() => collector.stats().acceptedSpans === 3);
    await collector.sealAndLoad();
    expect(engine.spans()).toBe(3);
  });

  test('packets that are none are counted and sampled into the log, and harm no other', async () => {
    const { collector, engine, url, logged } = await start('jaeger_udp');
    const good = capture('jaeger-compact/otel-python.bin');
    const bad = Array.from({ length: 20 }, () => Buffer.from('no thrift at all'));
    await sendPackets(url('jaeger_udp'), [...bad, good]);
    await until(() => collector.stats().acceptedSpans === 3);
    await collector.stop();
    expect(engine.spans()).toBe(3);
    expect(collector.stats().counters.requestsRefused.get('malformed-body')).toBe(20);
    const lines = logged.filter(({ message }) => message === 'datagrams were dropped');
    expect(lines).toHaveLength(1);
    expect(lines[0]?.fields).toMatchObject({ listener: 'jaeger_udp', reason: 'malformed-body' });
    expect(engine.ledger).toContainEqual(
      expect.objectContaining({ listener: 'jaeger_udp', reason: 'malformed-body', requests: 20 }),
    );
  });

  test('packets over the limit are counted', async () => {
    const { collector, url } = await start('jaeger_udp');
    await sendPackets(url('jaeger_udp'), [new Uint8Array(65_001)]);
    const { requestsRefused } = collector.stats().counters;
    await until(() => requestsRefused.size > 0);
    expect(requestsRefused.get('packet-too-large')).toBe(1);
  });

  test('a thousand packets in a row all arrive', async () => {
    const { collector, url } = await start('jaeger_udp');
    const packet = capture('jaeger-compact/otel-python.bin');
    // Ten at a time: a sender that never pauses would measure the system's buffer, not the receiver.
    for (let sent = 0; sent < 1000; sent += 10) {
      await sendPackets(
        url('jaeger_udp'),
        Array.from({ length: 10 }, (_, i) => renamed(packet, sent + i)),
      );
    }
    await until(() => collector.stats().acceptedSpans === 3000);
    expect(collector.stats().acceptedSpans).toBe(3000);
  });

  /** The same packet with another name of its service, so that no two are repeats. */
  function renamed(packet: Uint8Array, number: number): Uint8Array {
    const copy = Buffer.from(packet);
    const at = copy.indexOf('web');
    copy.write(number.toString(36).padStart(3, '0'), at, 'latin1');
    return copy;
  }
});

describe('a listener that cannot bind', () => {
  const hold = {
    tcp: async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      return { port, close: () => server.close() };
    },
    udp: async () => {
      const socket = createSocket('udp4').bind(0, '127.0.0.1');
      await once(socket, 'listening');
      return { port: socket.address().port, close: () => socket.close() };
    },
  };

  test.each([
    ['zipkin', 'tcp'],
    ['datadog', 'tcp'],
    ['jaeger_http', 'tcp'],
    ['jaeger_grpc', 'tcp'],
    ['xray_http', 'tcp'],
    ['sampling', 'tcp'],
    ['jaeger_udp', 'udp'],
    ['jaeger_udp_binary', 'udp'],
    ['xray_udp', 'udp'],
  ] as const)('%s is an error at start that names it', async (name, transport) => {
    await start();
    const taken = await hold[transport]();
    const listen = `127.0.0.1:${taken.port}`;
    await expect(startRig({ [`listen.${name}`]: listen })).rejects.toThrow(
      new RegExp(
        `port taken: ${listen} \\(listener ${name}\\).*--listen.${name} HOST:PORT, or off`,
      ),
    );
    taken.close();
  });

  test('is not looked for where it is off', async () => {
    const { url } = await start();
    expect(() => url('zipkin')).toThrow('listener zipkin is off');
  });
});
