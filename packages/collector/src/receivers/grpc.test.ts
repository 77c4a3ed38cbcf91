import { type ClientHttp2Session, connect } from 'node:http2';
import { deflateSync, gzipSync } from 'node:zlib';
import { createReader } from '@clew/wire';
import { Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { afterEach, describe, expect, test } from 'vitest';
import { type Rig, type Settings, startRig } from '../../test/rig.ts';
import { request } from '../../test/traffic.ts';

const EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';

let rig: Rig;
let client: Client;
async function start(settings?: Settings, clientOptions = {}): Promise<Rig> {
  rig = await startRig(settings);
  client = new Client(rig.grpc, credentials.createInsecure(), clientOptions);
  return rig;
}
const sessions = new Set<ClientHttp2Session>();
afterEach(async () => {
  client.close();
  for (const session of sessions) session.destroy();
  sessions.clear();
  await rig.stop();
});

/** Calls a method with bytes; resolves with the bytes of the answer, rejects with the status. */
function call(body: Uint8Array, path = EXPORT): Promise<Buffer> {
  const identity = (bytes: Buffer) => bytes;
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      path,
      identity,
      identity,
      Buffer.from(body),
      new Metadata(),
      (error, answer) => (error === null ? resolve(answer as Buffer) : reject(error)),
    );
  });
}

const refused = (body: Uint8Array, path?: string): Promise<ServiceError> =>
  call(body, path).then(
    () => Promise.reject(new Error('it was accepted')),
    (error: ServiceError) => error,
  );

/** Seconds of RetryInfo in `grpc-status-details-bin`, or undefined. */
function retrySeconds(error: ServiceError): number | undefined {
  const [bytes] = error.metadata.get('grpc-status-details-bin');
  for (const outer = createReader(bytes as Buffer); outer.next(); ) {
    if (outer.field !== 3) continue;
    const any = outer.message();
    any.next();
    expect(any.string()).toBe('type.googleapis.com/google.rpc.RetryInfo');
    any.next();
    const info = any.message();
    info.next();
    const delay = info.message();
    delay.next();
    return delay.uint32();
  }
  return undefined;
}

describe('a good call', () => {
  test.each([
    ['identity', {}],
    ['deflate', { 'grpc.default_compression_algorithm': 1 }],
    ['gzip', { 'grpc.default_compression_algorithm': 2 }],
  ])('with %s is answered and stored', async (_name, options) => {
    const { collector, engine } = await start({}, options);
    expect((await call(request({ spans: 300 }))).length).toBe(0);
    await collector.sealAndLoad();
    expect(engine.spans()).toBe(300);
    expect(engine.ledger).toMatchObject([{ outcome: 'accepted', listener: 'otlp_grpc' }]);
  });

  test('with a bad span is a partial success', async () => {
    await start();
    const answer = await call(
      request({ change: (span, n) => (n === 0 ? { ...span, traceId: new Uint8Array(3) } : span) }),
    );
    expect(answer.toString()).toContain('rejected 1 of 3 spans (trace-id 1)');
  });

  test('of the health service answers SERVING', async () => {
    await start();
    expect(await call(new Uint8Array(), '/grpc.health.v1.Health/Check')).toEqual(
      Buffer.from([8, 1]),
    );
  });
});

describe('a bad call', () => {
  test('malformed is INVALID_ARGUMENT naming the offset', async () => {
    await start();
    const error = await refused(request().subarray(0, 100));
    expect(error.code).toBe(status.INVALID_ARGUMENT);
    expect(error.details).toMatch(/truncated at byte \d+/);
    expect(retrySeconds(error)).toBeUndefined();
  });

  test('too large is RESOURCE_EXHAUSTED without RetryInfo, so it is not retried', async () => {
    await start({ 'receive.body_bytes_max': 4096 });
    const error = await refused(request({ spans: 50 }));
    expect(error.code).toBe(status.RESOURCE_EXHAUSTED);
    expect(error.metadata.get('grpc-status-details-bin')).toEqual([]);
  });

  test('too large after inflating likewise', async () => {
    const { collector } = await start(
      { 'receive.body_bytes_max': 64 * 1024 },
      { 'grpc.default_compression_algorithm': 2 },
    );
    const error = await refused(new Uint8Array(10 * 2 ** 20));
    expect(error.code).toBe(status.RESOURCE_EXHAUSTED);
    expect(collector.stats().counters.requestsRefused.get('body-too-large')).toBe(1);
  });

  test('when the spool is full is UNAVAILABLE with RetryInfo', async () => {
    const { engine } = await start({
      'spool.bytes_max': 64 * 1024,
      'spool.segment_bytes': 64 * 1024,
    });
    engine.isDown = true;
    await call(request({ spans: 100 }));
    const error = await refused(request({ spans: 100 }));
    expect(error.code).toBe(status.UNAVAILABLE);
    expect(retrySeconds(error)).toBe(1);
  });

  test('of another signal is UNIMPLEMENTED and says what to switch off', async () => {
    await start();
    const path = '/opentelemetry.proto.collector.logs.v1.LogsService/Export';
    const error = await refused(new Uint8Array(), path);
    expect(error.code).toBe(status.UNIMPLEMENTED);
    expect(error.details).toContain('OTEL_LOGS_EXPORTER=none');
  });
});

describe('raw HTTP/2', () => {
  /** One call with a body of our own making; resolves with the trailers. */
  function raw(message: Uint8Array, encoding: string, isWhole = true): Promise<string> {
    const session = connect(`http://${rig.grpc}`);
    session.on('error', () => undefined);
    sessions.add(session);
    const stream = session.request({
      ':method': 'POST',
      ':path': EXPORT,
      'content-type': 'application/grpc',
      te: 'trailers',
      'grpc-encoding': encoding,
    });
    return new Promise((resolve) => {
      const done = (headers: Record<string, unknown>) => {
        if (headers['grpc-status'] === undefined) return;
        resolve(`${headers['grpc-status']} ${headers['grpc-message']}`);
      };
      stream.on('response', done).on('trailers', done);
      stream.on('error', () => undefined);
      stream.on('close', () => resolve('closed'));
      stream.resume();
      const head = Buffer.alloc(5);
      head.writeUInt8(encoding === 'identity' ? 0 : 1, 0);
      head.writeUInt32BE(isWhole ? message.length : message.length + 1, 1);
      stream.write(Buffer.concat([head, message]));
      if (isWhole) stream.end();
    });
  }

  test('an unknown encoding is UNIMPLEMENTED', async () => {
    await start();
    expect(await raw(request(), 'snappy')).toMatch(/^12 /);
  });

  test('broken gzip is INVALID_ARGUMENT', async () => {
    await start();
    expect(await raw(request(), 'gzip')).toMatch(/^3 /);
  });

  test('a good deflate and gzip message is taken', async () => {
    await start();
    expect(await raw(deflateSync(request()), 'deflate')).toMatch(/^0 /);
    expect(await raw(gzipSync(request()), 'gzip')).toMatch(/^0 /);
  });

  test('a message that does not arrive in time is DEADLINE_EXCEEDED', async () => {
    await start({ 'receive.body_timeout': 150 });
    expect(await raw(request(), 'identity', false)).toMatch(/^4 /);
  });

  test('calls beyond the bytes in flight are UNAVAILABLE', async () => {
    const { collector } = await start({
      'receive.body_bytes_max': 2 ** 20,
      'receive.in_flight_bytes_max': 2 ** 20,
    });
    const calls = [1, 2, 3].map(() => raw(new Uint8Array(2 ** 19), 'identity', false));
    expect(await Promise.race(calls)).toMatch(/^14 /);
    expect(collector.stats().counters.requestsRefused.get('in-flight-full')).toBeGreaterThan(0);
  });
});
