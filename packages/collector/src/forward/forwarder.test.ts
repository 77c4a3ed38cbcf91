/** Forwarding as a whole: a collector on a real folder, back-ends that answer, fail, hang and return. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type BackEnd, spanIdsOf, startBackEnd } from '../../test/back-end.ts';
import { post, type Rig, type Settings, startRig } from '../../test/rig.ts';
import { request } from '../../test/traffic.ts';

let rig: Rig;
let backEnd: BackEnd;
/** Ids of every span that was acknowledged. */
let acknowledged: string[];

beforeEach(async () => {
  backEnd = await startBackEnd();
  acknowledged = [];
});
afterEach(async () => {
  await rig?.stop();
  await backEnd.goAway().catch(() => undefined);
});

const quick: Settings = { 'spool.seal_after': 10, 'spool.segment_bytes': 64 * 1024 };

async function start(settings: Settings = {}): Promise<Rig> {
  rig = await startRig({ ...quick, 'forward.endpoint': backEnd.url, ...settings });
  return rig;
}

function to(...entries: object[]): Settings {
  return { 'forward.endpoint': '', 'forward.destinations': JSON.stringify(entries) };
}

async function send(count: number, spans = 10): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    const body = request({ spans });
    expect((await post(rig.http, body)).status).toBe(200);
    acknowledged.push(...spanIdsOf(body));
  }
}

const status = (at = 0) => {
  const one = rig.collector.stats().forward[at];
  if (one === undefined) throw new Error('no such destination');
  return one;
};

async function until(isSo: () => boolean): Promise<void> {
  for (let left = 1000; !isSo(); left -= 1) {
    if (left === 0) throw new Error(`not within 10 s: ${isSo}`);
    await sleep(10);
  }
}

const sorted = (ids: readonly string[]) => [...ids].sort();
const delivered = () => until(() => backEnd.spanIds.length >= acknowledged.length);
const heldFiles = async () =>
  (await readdir(join(rig.spoolDir, 'forward'))).filter((name) => name.endsWith('.segment'));

describe('a destination that takes everything', () => {
  test('gets the spans that were acknowledged, once, several requests in one', async () => {
    await start();
    await Promise.all([send(20), send(20)]);
    await delivered();
    expect(sorted(backEnd.spanIds)).toEqual(sorted(acknowledged));
    expect(backEnd.requests.length).toBeLessThan(40);
    await until(() => status().waitingBytes === 0);
    expect(status()).toMatchObject({ isUp: true, sentSpans: 400, sentRequests: 40, failures: 0 });
  });

  test('gets the bytes that were received, without fields of ours', async () => {
    let body = new Uint8Array();
    await start();
    backEnd.answer = () => undefined;
    body = request({ spans: 2 }) as Uint8Array<ArrayBuffer>;
    await post(rig.http, body);
    await until(() => backEnd.requests.length === 1);
    expect(backEnd.requests[0]?.bytes).toBe(body.length);
  });

  test('gets them compressed and with headers where that is set', async () => {
    process.env['FORWARD_TEST_TOKEN'] = 'hunter2';
    await start({
      'forward.compression': 'gzip',
      'forward.headers': JSON.stringify({ Authorization: `Bearer \${env:FORWARD_TEST_TOKEN}` }),
    });
    await send(3);
    await delivered();
    expect(sorted(backEnd.spanIds)).toEqual(sorted(acknowledged));
    expect(backEnd.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer hunter2',
      'content-encoding': 'gzip',
      'content-type': 'application/x-protobuf',
    });
  });

  test('leaves nothing on disk behind', async () => {
    await start();
    await send(5);
    await delivered();
    await until(() => status().waitingSegments === 0);
    await rig.collector.sealAndLoad();
    for (let left = 100; (await heldFiles()).length > 0 && left > 0; left -= 1) await sleep(20);
    expect(await heldFiles()).toEqual([]);
  });
});

describe('a destination that is away', () => {
  test('slows nothing, and gets everything when it returns', async () => {
    await start();
    await backEnd.goAway();
    await send(30);
    await rig.collector.sealAndLoad();
    expect(rig.engine.spans()).toBe(300);
    await until(() => !status().isUp);
    expect(status().waitingBytes).toBeGreaterThan(0);
    await backEnd.listenAgain();
    await delivered();
    await until(() => status().waitingBytes === 0);
    expect(sorted(backEnd.spanIds)).toEqual(sorted(acknowledged));
    expect(status()).toMatchObject({ isUp: true, sentSpans: 300 });
    expect(rig.logged).toContainEqual(
      expect.objectContaining({ message: 'a destination takes spans again' }),
    );
  });

  test('gets everything across a restart, from where it was', async () => {
    await start();
    await send(10);
    await delivered();
    const before = backEnd.spanIds.length;
    await backEnd.goAway();
    await send(10);
    await rig.collector.sealAndLoad();
    rig = await rig.restart();
    await send(10);
    await backEnd.listenAgain();
    await delivered();
    expect(sorted(backEnd.spanIds)).toEqual(sorted(acknowledged));
    expect(before).toBe(100);
  });

  test('loses the oldest beyond its bound, counted to the span', async () => {
    await start({ 'forward.bytes_max': 64 * 1024 });
    await backEnd.goAway();
    await send(30, 40);
    await rig.collector.sealAndLoad();
    await until(() => status().droppedSpans.size > 0);
    expect(status().waitingBytes).toBeLessThanOrEqual(64 * 1024);
    await backEnd.listenAgain();
    await until(() => status().waitingBytes === 0);
    const dropped = status().droppedSpans.get('forward-bytes-max') ?? 0;
    expect(dropped).toBeGreaterThan(0);
    expect(backEnd.spanIds.length + dropped).toBe(acknowledged.length);
    expect(new Set(backEnd.spanIds).size).toBe(backEnd.spanIds.length);
    await rig.collector.stop();
    const noted = rig.engine.ledger.filter((row) => row['listener'] === 'forward:default');
    expect(noted.reduce((sum, row) => sum + Number(row['spans']), 0)).toBe(dropped);
    expect(noted[0]).toMatchObject({ outcome: 'dropped', reason: 'forward-bytes-max' });
  });

  test('loses what is too old, counted', async () => {
    await start({ 'forward.age_max': 1000 });
    await backEnd.goAway();
    await send(3);
    await until(() => (status().droppedSpans.get('forward-age-max') ?? 0) === 30);
    expect(status()).toMatchObject({ waitingBytes: 0, sentSpans: 0 });
  });
});

describe('answers', () => {
  test('429 and 503 are tried again, not before Retry-After', async () => {
    await start();
    const triedMs: number[] = [];
    backEnd.answer = () => {
      triedMs.push(performance.now());
      return triedMs.length === 1 ? { status: 429, headers: { 'retry-after': '1' } } : undefined;
    };
    await send(1);
    await delivered();
    expect(sorted(backEnd.spanIds)).toEqual(sorted(acknowledged));
    expect((triedMs[1] ?? 0) - (triedMs[0] ?? 0)).toBeGreaterThanOrEqual(990);
  });

  test('400 costs the bad request and none of its neighbours', async () => {
    await start({ 'spool.seal_after': 300 });
    const bad = request({ spans: 7 });
    const badIds = new Set(spanIdsOf(bad));
    backEnd.answer = (ids) => (ids.some((id) => badIds.has(id)) ? { status: 400 } : undefined);
    await send(4);
    await post(rig.http, bad);
    await send(4);
    await delivered();
    await until(() => status().waitingBytes === 0);
    expect(sorted(backEnd.spanIds)).toEqual(sorted(acknowledged));
    expect(status().droppedSpans).toEqual(new Map([['forward-refused', 7]]));
  });

  test('413 splits a request, and costs only what cannot be made smaller', async () => {
    await start();
    backEnd.answer = (ids) => (ids.length > 7 ? { status: 413 } : undefined);
    await send(3, 100);
    await delivered();
    await until(() => status().waitingBytes === 0);
    expect(sorted(backEnd.spanIds)).toEqual(sorted(acknowledged));
    expect(status()).toMatchObject({ sentSpans: 300, droppedSpans: new Map() });
    const [tooLarge] = acknowledged;
    backEnd.answer = (ids) => (ids.includes(tooLarge ?? '') ? undefined : { status: 413 });
    await send(1, 9);
    await until(() => (status().droppedSpans.get('forward-refused') ?? 0) === 9);
  });

  test('401 waits for better credentials and loses nothing', async () => {
    await start();
    let isLocked = true;
    backEnd.answer = () => (isLocked ? { status: 401, body: 'token expired' } : undefined);
    await send(2);
    await until(() => status().failure.includes('token expired'));
    isLocked = false;
    await delivered();
    expect(status().droppedSpans.size).toBe(0);
  });

  test('a partial success counts what was rejected', async () => {
    await start();
    const partial = { partialSuccess: { rejectedSpans: '3', errorMessage: 'too old' } };
    backEnd.answer = () => ({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(partial),
    });
    await send(1);
    await until(() => status().sentSpans > 0);
    expect(status().sentSpans).toBe(7);
    expect(status().droppedSpans).toEqual(new Map([['forward-rejected', 3]]));
  });

  test('an answer without end is not read to its end', async () => {
    await start();
    backEnd.answer = () => ({ status: 200, body: Buffer.alloc(16 * 1024 * 1024) });
    await send(2);
    await delivered();
    await until(() => status().sentSpans === 20);
  });

  test('no answer within the timeout is a failure like any other', async () => {
    await start(to({ name: 'slow', endpoint: backEnd.url, timeout: 100 }));
    let tries = 0;
    backEnd.answer = () => {
      tries += 1;
      return tries === 1 ? { status: 503, afterMs: 400 } : undefined;
    };
    await send(1);
    await until(() => status().failure.includes('no answer within 100 ms'));
    await until(() => status().sentSpans === 10);
  });
});

describe('a kept connection that the destination closed', () => {
  test('is no failure', async () => {
    await start();
    await send(1);
    await delivered();
    await until(() => status().waitingBytes === 0);
    for (let n = 0; n < 5; n += 1) {
      backEnd.hangUp();
      await send(1);
      await delivered();
    }
    await until(() => status().waitingBytes === 0);
    expect(status()).toMatchObject({ sentSpans: 60, failures: 0 });
  });
});

describe('several destinations', () => {
  test('do not wait for each other', async () => {
    const other = await startBackEnd();
    try {
      await start(
        to({ name: 'dead', endpoint: backEnd.url }, { name: 'alive', endpoint: other.url }),
      );
      await backEnd.goAway();
      await send(20);
      await until(() => other.spanIds.length === acknowledged.length);
      expect(status(0).waitingBytes).toBeGreaterThan(0);
      await backEnd.listenAgain();
      await delivered();
      expect(sorted(backEnd.spanIds)).toEqual(sorted(acknowledged));
      expect(sorted(other.spanIds)).toEqual(sorted(acknowledged));
    } finally {
      await other.goAway();
    }
  });

  test('one that is new begins with what comes, one that left is forgotten', async () => {
    await start(to({ name: 'first', endpoint: backEnd.url }));
    await send(3);
    await delivered();
    await until(() => status().waitingBytes === 0);
    await rig.collector.sealAndLoad();
    const other = await startBackEnd();
    try {
      rig = await rig.restart(to({ name: 'second', endpoint: other.url }));
      const earlier = acknowledged.splice(0);
      await send(3);
      await until(() => other.spanIds.length > 0);
      await until(() => status().waitingBytes === 0);
      expect(sorted(other.spanIds)).toEqual(sorted(acknowledged));
      expect(sorted(backEnd.spanIds)).toEqual(sorted(earlier));
      const names = await readdir(join(rig.spoolDir, 'forward'));
      expect(names.filter((name) => name.includes('first'))).toEqual([]);
    } finally {
      await other.goAway();
    }
  });
});

describe('another Clew as Zipkin', () => {
  test('takes what is translated for it', async () => {
    const peer = await startRig({ 'spool.seal_after': 10, 'listen.zipkin': '127.0.0.1:0' });
    try {
      await start(to({ name: 'zipkin', protocol: 'zipkin', endpoint: peer.url('zipkin') }));
      await send(25);
      await until(() => peer.collector.stats().acceptedSpans === 250);
      await until(() => status().waitingBytes === 0);
      expect(status()).toMatchObject({ sentSpans: 250, failures: 0 });
      expect(peer.collector.stats().counters.spansAccepted).toEqual(new Map([['zipkin', 250]]));
    } finally {
      await peer.stop();
    }
  });
});

describe('another Clew', () => {
  test.each(['otlp_http', 'otlp_grpc'])('takes what is forwarded over %s', async (protocol) => {
    const peer = await startRig({ 'spool.seal_after': 10 });
    try {
      const endpoint = protocol === 'otlp_grpc' ? `http://${peer.grpc}` : peer.http;
      await start(to({ name: 'peer', protocol, endpoint, compression: 'gzip' }));
      await send(25);
      await until(() => peer.collector.stats().acceptedSpans === 250);
      await peer.collector.sealAndLoad();
      expect(peer.engine.spans()).toBe(250);
      await until(() => status().waitingBytes === 0);
      expect(status()).toMatchObject({ sentSpans: 250, failures: 0 });
    } finally {
      await peer.stop();
    }
  });
});

describe('another Clew that takes small requests only', () => {
  test.each(['otlp_http', 'otlp_grpc'])('gets larger ones over %s in parts', async (protocol) => {
    const peer = await startRig({ 'spool.seal_after': 10, 'receive.body_bytes_max': 64 * 1024 });
    try {
      const endpoint = protocol === 'otlp_grpc' ? `http://${peer.grpc}` : peer.http;
      await start(to({ name: 'peer', protocol, endpoint }));
      await send(2, 500);
      await until(() => peer.collector.stats().acceptedSpans === 1000);
      await until(() => status().waitingBytes === 0);
      expect(status()).toMatchObject({ sentSpans: 1000, droppedSpans: new Map() });
    } finally {
      await peer.stop();
    }
  });
});

describe('disk', () => {
  test('a damaged frame is counted and its neighbours go on', async () => {
    await start({ 'spool.seal_after': 300 });
    await backEnd.goAway();
    await send(5);
    await until(() => !status().isUp);
    await rig.collector.stop();
    const [name = ''] = await heldFiles();
    const path = join(rig.spoolDir, 'forward', name);
    const bytes = await readFile(path);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 0xff;
    await writeFile(path, bytes);
    await backEnd.listenAgain();
    rig = await rig.restart();
    await until(() => status().waitingBytes === 0);
    expect(backEnd.spanIds).toHaveLength(40);
    expect(rig.logged).toContainEqual(
      expect.objectContaining({
        fields: expect.objectContaining({ reason: 'forward-damaged' }),
      }),
    );
  });
});

describe('mistakes', () => {
  test.each([
    [to({ name: 'x', endpoint: 'ftp://host' }), /forward destination x: found the endpoint/],
    [to({ name: '../x', endpoint: 'http://host' }), /found the name/],
    [to({ name: 'x', endpoint: 'http://a' }, { name: 'x', endpoint: 'http://b' }), /two called x/],
    [
      to({ name: 'x', endpoint: 'http://a', headers: `{"k":"\${env:NOT_THERE}"}` }),
      /NOT_THERE is not set/,
    ],
    [to({ name: 'x', endpoint: 'http://a', headers: '{"a b":"c"}' }), /the header name "a b"/],
    [to({ name: 'x', endpoint: 'http://a', headers: '{"a":"b\\n"}' }), /a value of a that no/],
    [to({ name: 'x', endpoint: 'https://a', 'tls.ca': '/not/there.pem' }), /tls.ca cannot be read/],
  ])('are errors at start that name the destination', async (settings, words) => {
    await expect(startRig({ ...quick, ...settings })).rejects.toThrow(words);
  });

  test('forwarding to a listener of its own is refused at start', async () => {
    await start();
    const port = new URL(rig.http).port;
    await rig.collector.stop();
    await expect(
      rig.restart({
        'listen.otlp_http': `127.0.0.1:${port}`,
        'forward.endpoint': `http://localhost:${port}`,
      }),
    ).rejects.toThrow(/own listener otlp_http/);
  });
});
