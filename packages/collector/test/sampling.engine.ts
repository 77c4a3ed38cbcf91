/** Adaptive sampling on the real engine: rates follow the root spans that were stored, a stock client asks by gRPC. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Engine, openEngine, rootThroughput } from '@clew/store';
import { createReader, createWriter } from '@clew/wire';
import { Client, credentials } from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SAMPLING_CALL } from '../src/sampling/receiver.ts';
import { post, type Rig, startRig } from './rig.ts';
import { request } from './traffic.ts';

let dataDir: string;
let engine: Engine;
let rig: Rig<Engine>;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'clew-sampling-engine-'));
  engine = await openEngine({ place: { kind: 'embedded', dataDir }, log: () => undefined });
  rig = await startRig(
    {
      'listen.sampling': '127.0.0.1:0',
      'listen.jaeger_grpc': '127.0.0.1:0',
      'sampling.mode': 'adaptive',
      'sampling.interval': 1000,
      'sampling.target_per_second': 5,
    },
    engine,
    dataDir,
  );
});
afterAll(async () => {
  await rig?.collector.stop();
  await engine?.close();
  await rm(dataDir, { recursive: true, force: true });
});

/** `roots` traces of two spans that began at `startMs`. */
async function store(service: string, roots: number, startMs: number): Promise<void> {
  for (let n = 0; n < roots; n += 1) {
    let rootId: Uint8Array | undefined;
    const change = (
      span: Parameters<NonNullable<Parameters<typeof request>[0]>['change'] & {}>[0],
      index: number,
    ) => {
      if (index === 0) rootId = span.spanId;
      return index === 0 ? span : { ...span, parentSpanId: rootId as Uint8Array, name: 'SELECT' };
    };
    const body = request({ spans: 2, service, nowMs: startMs + n, change });
    expect((await post(rig.http, body)).status).toBe(200);
  }
  await rig.collector.sealAndLoad();
}

test('counts root spans by service and operation, within the window only', async () => {
  const now = Date.now();
  await store('counted', 7, now - 60_000);
  await store('counted', 3, now - 30_000);
  const window = { tenant: 'default', fromMs: now - 61_000, toMs: now - 31_000, rowsMax: 100 };
  expect(await rootThroughput(engine, window)).toEqual([
    { service: 'counted', name: 'GET /checkout', roots: 7 },
  ]);
});

async function askByGrpc(service: string): Promise<ReadonlyMap<string, number>> {
  const client = new Client(new URL(rig.url('jaeger_grpc')).host, credentials.createInsecure());
  const question = createWriter();
  question.string(1, service);
  const identity = (bytes: Buffer) => bytes;
  try {
    const answer = await new Promise<Buffer>((resolve, reject) => {
      client.makeUnaryRequest(
        SAMPLING_CALL,
        identity,
        identity,
        Buffer.from(question.finish()),
        (error, bytes) => (error === null ? resolve(bytes as Buffer) : reject(error)),
      );
    });
    return ratesOf(answer);
  } finally {
    client.close();
  }
}

/** operationSampling = 4 { perOperationStrategies = 3 { operation = 1, probabilisticSampling = 2 { samplingRate = 1 } } } */
function ratesOf(answer: Uint8Array): ReadonlyMap<string, number> {
  const rates = new Map<string, number>();
  for (const response = createReader(answer); response.next(); ) {
    if (response.field !== 4) continue;
    for (const all = response.message(); all.next(); ) {
      if (all.field !== 3) continue;
      let operation = '';
      for (const one = all.message(); one.next(); ) {
        if (one.field === 1) operation = one.string();
        if (one.field !== 2) continue;
        const probability = one.message();
        probability.next();
        rates.set(operation, probability.double());
      }
    }
  }
  return rates;
}

test('a busy operation gets a rate, told over HTTP and gRPC alike', async () => {
  // Spans that began where the next intervals will look: some seconds from now, fifteen back.
  const from = Date.now() - 14_000;
  await Promise.all(Array.from({ length: 5 }, (_, s) => store('busy', 40, from + s * 1000)));
  let rates: ReadonlyMap<string, number> = new Map();
  for (let left = 100; !rates.has('GET /checkout'); left -= 1) {
    if (left === 0) throw new Error('no rate was computed');
    await sleep(100);
    rates = await askByGrpc('busy');
  }
  expect([...rates.keys()]).toEqual(['GET /checkout']);
  expect(rates.get('GET /checkout')).toBeLessThan(0.1);
  const url = `${rig.url('sampling')}/sampling?service=busy`;
  const answer = (await (await fetch(url)).json()) as { operationSampling: object };
  expect(answer).toMatchObject({
    strategyType: 'PROBABILISTIC',
    operationSampling: { perOperationStrategies: [{ operation: 'GET /checkout' }] },
  });
});
