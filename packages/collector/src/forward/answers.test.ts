/** What destinations answer and what becomes of the spans: other back-ends that refuse, wait, hang up, and other Clews. */
import { describe, expect, test } from 'vitest';
import { spanIdsOf } from '../../test/back-end.ts';
import { destinations, openForwardRig, sorted, until } from '../../test/forward-rig.ts';
import { post, type Rig, type Settings, startRig } from '../../test/rig.ts';
import { request } from '../../test/traffic.ts';

const to = openForwardRig();

describe('answers', () => {
  test('429 and 503 are tried again, not before Retry-After', async () => {
    await to.start();
    const triedMs: number[] = [];
    to.backEnd.answer = () => {
      triedMs.push(performance.now());
      return triedMs.length === 1 ? { status: 429, headers: { 'retry-after': '1' } } : undefined;
    };
    await to.send(1);
    await to.delivered();
    expect(sorted(to.backEnd.spanIds)).toEqual(sorted(to.acknowledged));
    expect((triedMs[1] ?? 0) - (triedMs[0] ?? 0)).toBeGreaterThanOrEqual(990);
  });

  test('400 costs the bad request and none of its neighbours', async () => {
    await to.start({ 'spool.seal_after': 300 });
    const bad = request({ spans: 7 });
    const badIds = new Set(spanIdsOf(bad));
    to.backEnd.answer = (ids) => (ids.some((id) => badIds.has(id)) ? { status: 400 } : undefined);
    await to.send(4);
    await post(to.rig.http, bad);
    await to.send(4);
    await to.delivered();
    await to.caughtUp();
    expect(sorted(to.backEnd.spanIds)).toEqual(sorted(to.acknowledged));
    expect(to.status().droppedSpans).toEqual(new Map([['forward-refused', 7]]));
  });

  test('413 splits a request, and costs only what cannot be made smaller', async () => {
    await to.start();
    to.backEnd.answer = (ids) => (ids.length > 7 ? { status: 413 } : undefined);
    await to.send(3, 100);
    await to.delivered();
    await to.caughtUp();
    expect(sorted(to.backEnd.spanIds)).toEqual(sorted(to.acknowledged));
    expect(to.status()).toMatchObject({ sentSpans: 300, droppedSpans: new Map() });
    const [tooLarge] = to.acknowledged;
    to.backEnd.answer = (ids) => (ids.includes(tooLarge ?? '') ? undefined : { status: 413 });
    await to.send(1, 9);
    await until(() => (to.status().droppedSpans.get('forward-refused') ?? 0) === 9);
  });

  test('401 waits for better credentials and loses nothing', async () => {
    await to.start();
    let isLocked = true;
    to.backEnd.answer = () => (isLocked ? { status: 401, body: 'token expired' } : undefined);
    await to.send(2);
    await until(() => to.status().failure.includes('token expired'));
    isLocked = false;
    await to.delivered();
    expect(to.status().droppedSpans.size).toBe(0);
  });

  test('a partial success counts what was rejected', async () => {
    await to.start();
    const partial = { partialSuccess: { rejectedSpans: '3', errorMessage: 'too old' } };
    to.backEnd.answer = () => ({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(partial),
    });
    await to.send(1);
    await until(() => to.status().sentSpans > 0);
    expect(to.status().sentSpans).toBe(7);
    expect(to.status().droppedSpans).toEqual(new Map([['forward-rejected', 3]]));
  });

  test('an answer without end is not read to its end', async () => {
    await to.start();
    to.backEnd.answer = () => ({ status: 200, body: Buffer.alloc(16 * 1024 * 1024) });
    await to.send(2);
    await to.delivered();
    await until(() => to.status().sentSpans === 20);
  });

  test('no answer within the timeout is a failure like any other', async () => {
    await to.start(destinations({ name: 'slow', endpoint: to.backEnd.url, timeout: 100 }));
    let tries = 0;
    to.backEnd.answer = () => {
      tries += 1;
      return tries === 1 ? { status: 503, afterMs: 400 } : undefined;
    };
    await to.send(1);
    await until(() => to.status().failure.includes('no answer within 100 ms'));
    await until(() => to.status().sentSpans === 10);
  });
});

describe('a kept connection that the destination closed', () => {
  test('is no failure', async () => {
    await to.start();
    await to.send(1);
    await to.delivered();
    await to.caughtUp();
    for (let n = 0; n < 5; n += 1) {
      to.backEnd.hangUp();
      await to.send(1);
      await to.delivered();
    }
    await to.caughtUp();
    expect(to.status()).toMatchObject({ sentSpans: 60, failures: 0 });
  });
});

describe('another Clew', () => {
  async function forwardTo(settings: Settings, protocol: string): Promise<Rig> {
    const peer = await startRig({ 'spool.seal_after': 10, ...settings });
    const endpoint = {
      otlp_http: peer.http,
      otlp_grpc: `http://${peer.grpc}`,
      zipkin: settings['listen.zipkin'] === undefined ? '' : peer.url('zipkin'),
    }[protocol];
    await to.start(destinations({ name: 'peer', protocol, endpoint, compression: 'gzip' }));
    return peer;
  }

  test.each(['otlp_http', 'otlp_grpc', 'zipkin'])('takes all over %s', async (protocol) => {
    const peer = await forwardTo({ 'listen.zipkin': '127.0.0.1:0' }, protocol);
    try {
      await to.send(25);
      await until(() => peer.collector.stats().acceptedSpans === 250);
      await peer.collector.sealAndLoad();
      expect(peer.engine.spans()).toBe(250);
      await to.caughtUp();
      expect(to.status()).toMatchObject({ sentSpans: 250, failures: 0 });
      expect(peer.collector.stats().counters.spansAccepted).toEqual(new Map([[protocol, 250]]));
    } finally {
      await peer.stop();
    }
  });

  test.each(['otlp_http', 'otlp_grpc'])(
    'gets what is too large over %s in parts',
    async (protocol) => {
      const peer = await forwardTo({ 'receive.body_bytes_max': 64 * 1024 }, protocol);
      try {
        await to.send(2, 500);
        await until(() => peer.collector.stats().acceptedSpans === 1000);
        await to.caughtUp();
        expect(to.status()).toMatchObject({ sentSpans: 1000, droppedSpans: new Map() });
      } finally {
        await peer.stop();
      }
    },
  );
});
