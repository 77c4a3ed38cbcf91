/** Strategies as stock samplers get them: from a file that changes, and from the traffic. */
import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createReader, createWriter } from '@clew/wire';
import { ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import { JaegerRemoteSampler } from '@opentelemetry/sampler-jaeger-remote';
import { AlwaysOffSampler, SamplingDecision } from '@opentelemetry/sdk-trace-node';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startRig } from '../../test/rig.ts';
import { createSamplingReceiver, samplingCall } from './receiver.ts';
import { openSampling, type Sampling } from './sampling.ts';
import { samplingOptions } from './settings.ts';
import { parseStrategies } from './strategies-file.ts';

const given = {
  default_strategy: {
    type: 'probabilistic',
    param: 0.5,
    operation_strategies: [{ operation: '/health', type: 'probabilistic', param: 0 }],
  },
  service_strategies: [
    {
      service: 'shop',
      type: 'probabilistic',
      param: 0.8,
      operation_strategies: [
        { operation: 'GET /', type: 'probabilistic', param: 0.2 },
        { operation: 'GET /cart', type: 'probabilistic', param: 1 },
      ],
    },
    { service: 'mailer', type: 'ratelimiting', param: 5 },
  ],
};

let dir: string;
let opened: { stop(): Promise<void> }[];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'clew-sampling-'));
  opened = [];
});
afterEach(async () => {
  for (const one of opened.reverse()) await one.stop();
  await rm(dir, { recursive: true, force: true });
});

const defaults: Record<string, string | number> = {
  'listen.sampling': 'off',
  'sampling.strategies': '',
  'sampling.mode': 'static',
  'sampling.default_rate': 1,
  'sampling.target_per_second': 2,
  'sampling.initial_rate': 0.1,
  'sampling.rate_min': 0.001,
  'sampling.rate_max': 1,
  'sampling.interval': 60_000,
};

interface Root {
  readonly service: string;
  readonly name: string;
  readonly roots: number;
}

async function open(settings: Record<string, string | number> = {}, roots: Root[] = []) {
  const options = samplingOptions((key) => ({ ...defaults, ...settings })[key]);
  const logged: string[] = [];
  const sampling = await openSampling({
    options,
    tenant: 'default',
    dataDir: dir,
    nowMs: Date.now,
    log: (level, message) => logged.push(`${level} ${message}`),
    engine: {
      rows: async <T>() => ({ rows: roots as T[], readRows: 0, readBytes: 0, elapsedMs: 0 }),
    },
  });
  opened.push(sampling);
  return { sampling, logged };
}

async function listen(sampling: Sampling): Promise<string> {
  const receiver = createSamplingReceiver(sampling, '127.0.0.1:0');
  const { url } = await receiver.start();
  opened.push(receiver);
  return url;
}

async function fileOf(content: unknown): Promise<string> {
  const path = join(dir, 'strategies.json');
  await writeFile(path, JSON.stringify(content));
  return path;
}

/** A later time than before, whatever the clock of the file system can tell apart. */
async function change(path: string, content: string): Promise<void> {
  await writeFile(path, content);
  await utimes(path, new Date(), new Date(Date.now() + 5000));
  await sleep(1050);
}

describe('a file of strategies', () => {
  test('answers by service, with the operations of the default', async () => {
    const { sampling } = await open({ 'sampling.strategies': await fileOf(given) });
    const url = await listen(sampling);
    const ask = async (path: string) => (await fetch(`${url}${path}`)).json();
    expect(await ask('/sampling?service=shop')).toEqual({
      strategyType: 'PROBABILISTIC',
      probabilisticSampling: { samplingRate: 0.8 },
      operationSampling: {
        defaultSamplingProbability: 0.8,
        defaultLowerBoundTracesPerSecond: 0,
        perOperationStrategies: [
          { operation: 'GET /', probabilisticSampling: { samplingRate: 0.2 } },
          { operation: 'GET /cart', probabilisticSampling: { samplingRate: 1 } },
          { operation: '/health', probabilisticSampling: { samplingRate: 0 } },
        ],
      },
    });
    expect(await ask('/api/sampling?service=unknown')).toMatchObject({
      strategyType: 'PROBABILISTIC',
      probabilisticSampling: { samplingRate: 0.5 },
    });
    expect(await ask('/?service=mailer')).toMatchObject({
      strategyType: 1,
      rateLimitingSampling: { maxTracesPerSecond: 5 },
    });
  });

  test('without one everything is kept', async () => {
    const url = await listen((await open()).sampling);
    expect(await (await fetch(`${url}/sampling?service=x`)).json()).toEqual({
      strategyType: 'PROBABILISTIC',
      probabilisticSampling: { samplingRate: 1 },
    });
  });

  test('is read again when it changes; a broken one changes nothing', async () => {
    const path = await fileOf(given);
    const { sampling, logged } = await open({ 'sampling.strategies': path });
    await change(path, '{ "default_strategy": { "param": 0.25 } }');
    expect((await sampling.strategyOf('x')).param).toBe(0.25);
    await change(path, '{ "default_strategy": { "param": 25 } }');
    expect((await sampling.strategyOf('x')).param).toBe(0.25);
    expect(logged).toEqual([
      'info sampling strategies read again',
      'error sampling strategies stay as they were',
    ]);
  });

  test.each([
    ['[]', /the file: found \[\], wanted an object/],
    ['nothing', /the file is no JSON/],
    ['{"service_strategies": 5}', /service_strategies: found 5, wanted a list/],
    ['{"service_strategies": [{"param": 1}]}', /service_strategies\[0\].service: found nothing/],
    ['{"service_strategies": [null]}', /service_strategies\[0\]: found null, wanted an object/],
    ['{"default_strategy": 5}', /default_strategy: found 5, wanted an object/],
    [
      '{"default_strategy": {"operation_strategies": ["a"]}}',
      /default_strategy: an operation: found "a", wanted an object/,
    ],
    ['{"default_strategy": {"type": "x"}}', /default_strategy: type: found "x"/],
    ['{"default_strategy": {"param": 2}}', /default_strategy: param: found 2, wanted a number/],
    [
      '{"default_strategy": {"operation_strategies": [{"operation": "a", "type": "ratelimiting"}]}}',
      /type of operation a: found "ratelimiting", wanted probabilistic/,
    ],
  ])('says what is wrong with %s', (text, words) => {
    expect(() => parseStrategies(text)).toThrow(words);
  });

  test('that is missing is an error at start', async () => {
    await expect(open({ 'sampling.strategies': join(dir, 'none') })).rejects.toThrow(/ENOENT/);
  });
});

describe('questions that cannot be answered', () => {
  test.each([
    ['GET', '/sampling', 400, "'service' parameter must be provided once"],
    ['GET', '/sampling?service=a&service=b', 400, "'service' parameter must be provided once"],
    ['GET', '/other?service=a', 404, 'there is nothing at /other'],
    ['POST', '/sampling?service=a', 405, 'found POST, wanted GET'],
  ])('%s %s → %i', async (method, path, status, words) => {
    const url = await listen((await open()).sampling);
    const response = await fetch(`${url}${path}`, { method });
    expect(response.status).toBe(status);
    expect(await response.text()).toContain(words);
  });
});

describe('adaptive rates', () => {
  test('follow what is stored, and survive a restart', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const settings = { 'sampling.mode': 'adaptive', 'sampling.interval': 1000 };
      const { sampling } = await open(settings, [{ service: 'shop', name: 'GET /', roots: 20 }]);
      sampling.start();
      expect((await sampling.strategyOf('shop')).operations).toEqual([]);
      vi.advanceTimersByTime(1000);
      await sampling.stop();
      const [operation] = (await sampling.strategyOf('shop')).operations;
      expect(operation).toMatchObject({ operation: 'GET /' });
      expect(operation?.rate).toBeCloseTo(0.01, 9);
      const again = await open(settings);
      expect((await again.sampling.strategyOf('shop')).operations[0]?.rate).toBeCloseTo(0.01, 9);
      expect(JSON.parse(await readFile(join(dir, 'sampling.json'), 'utf8'))).toHaveLength(1);
    } finally {
      vi.useRealTimers();
    }
  });

  test('leave what the file says by name alone', async () => {
    const { sampling } = await open({
      'sampling.mode': 'adaptive',
      'sampling.strategies': await fileOf(given),
    });
    expect((await sampling.strategyOf('mailer')).kind).toBe('ratelimiting');
    expect(await sampling.strategyOf('other')).toMatchObject({
      param: 0.1,
      operations: [{ operation: '/health', rate: 0 }],
    });
  });
});

describe('stock clients', () => {
  test('@opentelemetry/sampler-jaeger-remote picks changes up without a restart', async () => {
    const path = await fileOf({ default_strategy: { param: 1 } });
    const url = await listen((await open({ 'sampling.strategies': path })).sampling);
    const sampler = new JaegerRemoteSampler({
      endpoint: url,
      serviceName: 'shop',
      initialSampler: new AlwaysOffSampler(),
      poolingInterval: 3_600_000,
    });
    const refresh = () =>
      (sampler as unknown as { getAndUpdateSampler(): Promise<void> }).getAndUpdateSampler();
    const decide = (operation: string) =>
      sampler.shouldSample(
        ROOT_CONTEXT,
        'ffffffffffffffffffffffffffffffff',
        operation,
        SpanKind.SERVER,
        {},
        [],
      ).decision;
    expect(decide('GET /')).toBe(SamplingDecision.NOT_RECORD);
    await refresh();
    expect(decide('GET /')).toBe(SamplingDecision.RECORD_AND_SAMPLED);
    const operations = [{ operation: 'GET /', type: 'probabilistic', param: 0 }];
    const changed = { default_strategy: { param: 1, operation_strategies: operations } };
    await change(path, JSON.stringify(changed));
    await refresh();
    expect(decide('GET /')).toBe(SamplingDecision.NOT_RECORD);
    expect(decide('GET /other')).toBe(SamplingDecision.RECORD_AND_SAMPLED);
  });

  test('jaeger-client picks changes up without a restart', async () => {
    const { RemoteSampler, ConstSampler } = createRequire(import.meta.url)('jaeger-client');
    const path = await fileOf({ default_strategy: { param: 0 } });
    const url = await listen((await open({ 'sampling.strategies': path })).sampling);
    const updates: string[] = [];
    const sampler = new RemoteSampler('shop', {
      hostPort: new URL(url).host,
      sampler: new ConstSampler(true),
      refreshInterval: 50,
      onSamplerUpdate: (one: { name(): string; samplingRate?: number }) =>
        updates.push(`${one.name()} ${one.samplingRate ?? ''}`.trim()),
    });
    const until = async (words: string) => {
      for (let left = 200; updates.at(-1) !== words; left -= 1) {
        if (left === 0) throw new Error(`found ${updates.at(-1)}, wanted ${words}`);
        await sleep(20);
      }
    };
    try {
      await until('ProbabilisticSampler 0');
      await change(path, JSON.stringify({ default_strategy: { param: 0.75 } }));
      await until('ProbabilisticSampler 0.75');
      await change(path, JSON.stringify({ default_strategy: { type: 'ratelimiting', param: 7 } }));
      await until('RateLimitingSampler');
      await change(path, JSON.stringify(given));
      await until('PerOperationSampler');
    } finally {
      sampler.close();
    }
  });
});

describe('gRPC', () => {
  test('answers the messages of api_v2/sampling.proto', async () => {
    const { sampling } = await open({ 'sampling.strategies': await fileOf(given) });
    const question = createWriter();
    question.string(1, 'shop');
    const answer = createReader(await samplingCall(sampling)(question.finish()));
    let [rate, operations] = [0, 0];
    while (answer.next()) {
      if (answer.field === 2) {
        const inner = answer.message();
        inner.next();
        rate = inner.double();
      }
      if (answer.field === 4) {
        for (const inner = answer.message(); inner.next(); ) if (inner.field === 3) operations += 1;
      }
    }
    expect({ rate, operations }).toEqual({ rate: 0.8, operations: 3 });
  });

  test('refuses what is no question', async () => {
    const { sampling } = await open();
    await expect(samplingCall(sampling)(Uint8Array.of(0x0a, 9))).rejects.toMatchObject({
      code: 'MALFORMED_BODY',
    });
  });
});

test('the collector opens the listener and closes it', async () => {
  const rig = await startRig({ 'listen.sampling': '127.0.0.1:0' });
  try {
    const response = await fetch(`${rig.url('sampling')}/sampling?service=x`);
    expect(await response.json()).toMatchObject({ strategyType: 'PROBABILISTIC' });
  } finally {
    await rig.stop();
  }
});
