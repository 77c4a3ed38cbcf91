/** Forwarding as a whole: what arrives, what waits while a destination is away, what a bound or a damaged disk costs. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { startBackEnd } from '../../test/back-end.ts';
import { destinations, openForwardRig, quick, sorted, until } from '../../test/forward-rig.ts';
import { post, startRig } from '../../test/rig.ts';
import { request } from '../../test/traffic.ts';

const to = openForwardRig();

const heldFiles = async () =>
  (await readdir(join(to.rig.spoolDir, 'forward'))).filter((name) => name.endsWith('.segment'));

describe('a destination that takes everything', () => {
  test('gets the spans that were acknowledged, once, several requests in one', async () => {
    await to.start();
    await Promise.all([to.send(20), to.send(20)]);
    await to.delivered();
    expect(sorted(to.backEnd.spanIds)).toEqual(sorted(to.acknowledged));
    expect(to.backEnd.requests.length).toBeLessThan(40);
    await to.caughtUp();
    expect(to.status()).toMatchObject({
      isUp: true,
      sentSpans: 400,
      sentRequests: 40,
      failures: 0,
    });
  });

  test('gets the bytes that were received, without fields of ours', async () => {
    let body = new Uint8Array();
    await to.start();
    to.backEnd.answer = () => undefined;
    body = request({ spans: 2 }) as Uint8Array<ArrayBuffer>;
    await post(to.rig.http, body);
    await until(() => to.backEnd.requests.length === 1);
    expect(to.backEnd.requests[0]?.bytes).toBe(body.length);
  });

  test('gets them compressed and with headers where that is set', async () => {
    process.env['FORWARD_TEST_TOKEN'] = 'hunter2';
    await to.start({
      'forward.compression': 'gzip',
      'forward.headers': JSON.stringify({ Authorization: `Bearer \${env:FORWARD_TEST_TOKEN}` }),
    });
    await to.send(3);
    await to.delivered();
    expect(sorted(to.backEnd.spanIds)).toEqual(sorted(to.acknowledged));
    expect(to.backEnd.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer hunter2',
      'content-encoding': 'gzip',
      'content-type': 'application/x-protobuf',
    });
  });

  test('leaves nothing on disk behind', async () => {
    await to.start();
    await to.send(5);
    await to.delivered();
    await until(() => to.status().waitingSegments === 0);
    await to.rig.collector.sealAndLoad();
    for (let left = 100; (await heldFiles()).length > 0 && left > 0; left -= 1) await sleep(20);
    expect(await heldFiles()).toEqual([]);
  });
});

describe('a destination that is away', () => {
  test('slows nothing, and gets everything when it returns', async () => {
    await to.start();
    await to.backEnd.goAway();
    await to.send(30);
    await to.rig.collector.sealAndLoad();
    expect(to.rig.engine.spans()).toBe(300);
    await until(() => !to.status().isUp);
    expect(to.status().waitingBytes).toBeGreaterThan(0);
    await to.backEnd.listenAgain();
    await to.delivered();
    await to.caughtUp();
    expect(sorted(to.backEnd.spanIds)).toEqual(sorted(to.acknowledged));
    expect(to.status()).toMatchObject({ isUp: true, sentSpans: 300 });
    expect(to.rig.logged).toContainEqual(
      expect.objectContaining({ message: 'a destination takes spans again' }),
    );
  });

  test('gets everything across a restart, from where it was', async () => {
    await to.start();
    await to.send(10);
    await to.delivered();
    const before = to.backEnd.spanIds.length;
    await to.backEnd.goAway();
    await to.send(10);
    await to.rig.collector.sealAndLoad();
    await to.restart();
    await to.send(10);
    await to.backEnd.listenAgain();
    await to.delivered();
    expect(sorted(to.backEnd.spanIds)).toEqual(sorted(to.acknowledged));
    expect(before).toBe(100);
  });

  test('loses the oldest beyond its bound, counted to the span', async () => {
    await to.start({ 'forward.bytes_max': 64 * 1024 });
    await to.backEnd.goAway();
    await to.send(30, 40);
    await to.rig.collector.sealAndLoad();
    await until(() => to.status().droppedSpans.size > 0);
    expect(to.status().waitingBytes).toBeLessThanOrEqual(64 * 1024);
    await to.backEnd.listenAgain();
    await to.caughtUp();
    const dropped = to.status().droppedSpans.get('forward-bytes-max') ?? 0;
    expect(dropped).toBeGreaterThan(0);
    expect(to.backEnd.spanIds.length + dropped).toBe(to.acknowledged.length);
    expect(new Set(to.backEnd.spanIds).size).toBe(to.backEnd.spanIds.length);
    await to.rig.collector.stop();
    const noted = to.rig.engine.ledger.filter((row) => row['listener'] === 'forward:default');
    expect(noted.reduce((sum, row) => sum + Number(row['spans']), 0)).toBe(dropped);
    expect(noted[0]).toMatchObject({ outcome: 'dropped', reason: 'forward-bytes-max' });
  });

  test('loses what is too old, counted', async () => {
    await to.start({ 'forward.age_max': 1000 });
    await to.backEnd.goAway();
    await to.send(3);
    await until(() => (to.status().droppedSpans.get('forward-age-max') ?? 0) === 30);
    expect(to.status()).toMatchObject({ waitingBytes: 0, sentSpans: 0 });
  });
});

describe('several destinations', () => {
  test('do not wait for each other', async () => {
    const other = await startBackEnd();
    try {
      await to.start(
        destinations(
          { name: 'dead', endpoint: to.backEnd.url },
          { name: 'alive', endpoint: other.url },
        ),
      );
      await to.backEnd.goAway();
      await to.send(20);
      await until(() => other.spanIds.length === to.acknowledged.length);
      expect(to.status(0).waitingBytes).toBeGreaterThan(0);
      await to.backEnd.listenAgain();
      await to.delivered();
      expect(sorted(to.backEnd.spanIds)).toEqual(sorted(to.acknowledged));
      expect(sorted(other.spanIds)).toEqual(sorted(to.acknowledged));
    } finally {
      await other.goAway();
    }
  });

  test('one that is new begins with what comes, one that left is forgotten', async () => {
    await to.start(destinations({ name: 'first', endpoint: to.backEnd.url }));
    await to.send(3);
    await to.delivered();
    await to.caughtUp();
    await to.rig.collector.sealAndLoad();
    const other = await startBackEnd();
    try {
      await to.restart(destinations({ name: 'second', endpoint: other.url }));
      const earlier = to.acknowledged.splice(0);
      await to.send(3);
      await until(() => other.spanIds.length > 0);
      await to.caughtUp();
      expect(sorted(other.spanIds)).toEqual(sorted(to.acknowledged));
      expect(sorted(to.backEnd.spanIds)).toEqual(sorted(earlier));
      const names = await readdir(join(to.rig.spoolDir, 'forward'));
      expect(names.filter((name) => name.includes('first'))).toEqual([]);
    } finally {
      await other.goAway();
    }
  });
});

describe('disk', () => {
  test('a damaged frame is counted and its neighbours go on', async () => {
    await to.start({ 'spool.seal_after': 300 });
    await to.backEnd.goAway();
    await to.send(5);
    await until(() => !to.status().isUp);
    await to.rig.collector.stop();
    const [name = ''] = await heldFiles();
    const path = join(to.rig.spoolDir, 'forward', name);
    const bytes = await readFile(path);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 0xff;
    await writeFile(path, bytes);
    await to.backEnd.listenAgain();
    await to.restart();
    await to.caughtUp();
    expect(to.backEnd.spanIds).toHaveLength(40);
    expect(to.rig.logged).toContainEqual(
      expect.objectContaining({
        fields: expect.objectContaining({ reason: 'forward-damaged' }),
      }),
    );
  });
});

describe('mistakes', () => {
  test.each([
    [
      destinations({ name: 'x', endpoint: 'ftp://host' }),
      /forward destination x: found the endpoint/,
    ],
    [destinations({ name: '../x', endpoint: 'http://host' }), /found the name/],
    [
      destinations({ name: 'x', endpoint: 'http://a' }, { name: 'x', endpoint: 'http://b' }),
      /two called x/,
    ],
    [
      destinations({ name: 'x', endpoint: 'http://a', headers: `{"k":"\${env:NOT_THERE}"}` }),
      /NOT_THERE is not set/,
    ],
    [
      destinations({ name: 'x', endpoint: 'http://a', headers: '{"a b":"c"}' }),
      /the header name "a b"/,
    ],
    [
      destinations({ name: 'x', endpoint: 'http://a', headers: '{"a":"b\\n"}' }),
      /a value of a that no/,
    ],
    [
      destinations({ name: 'x', endpoint: 'https://a', 'tls.ca': '/not/there.pem' }),
      /tls.ca cannot be read/,
    ],
  ])('are errors at start that name the destination', async (settings, words) => {
    await expect(startRig({ ...quick, ...settings })).rejects.toThrow(words);
  });

  test('forwarding to a listener of its own is refused at start', async () => {
    await to.start();
    const port = new URL(to.rig.http).port;
    await to.rig.collector.stop();
    await expect(
      to.rig.restart({
        'listen.otlp_http': `127.0.0.1:${port}`,
        'forward.endpoint': `http://localhost:${port}`,
      }),
    ).rejects.toThrow(/own listener otlp_http/);
  });
});
