import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import { afterEach, describe, expect, it } from 'vitest';
import { DROP, SAMPLE, type Sampler } from '../sampler.ts';
import { samplerFromEnv } from '../sampler-env.ts';
import { alwaysOff, alwaysOn } from './always.ts';
import { jaegerRemote } from './jaeger-remote.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server of strategies: what it answers can be changed. */
async function strategies(first: unknown) {
  const asked: (string | undefined)[] = [];
  const server = { body: JSON.stringify(first), status: 200 };
  const http = createServer(({ url }, response) => {
    asked.push(url);
    response.writeHead(server.status).end(server.body);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    http.close();
    http.closeAllConnections();
  });
  const { port } = http.address() as AddressInfo;
  const sampler = jaegerRemote({
    endpoint: `http://127.0.0.1:${port}/sampling`,
    service: 'shop',
    initial: alwaysOff,
  });
  closing.push(() => sampler.stop());
  return { asked, server, sampler, port };
}

const ask = (sampler: Sampler, name = 'x') =>
  sampler.shouldSample(ROOT_CONTEXT, 'a'.repeat(32), name, SpanKind.SERVER, {}, []).decision;

describe('the Jaeger remote sampler', () => {
  it('E13 decides by the initial sampler, then by what the server says', async () => {
    const { asked, server, sampler } = await strategies({
      strategyType: 'PROBABILISTIC',
      probabilisticSampling: { samplingRate: 1 },
    });
    expect(ask(sampler)).toBe(DROP);
    await sampler.refresh();
    expect(ask(sampler)).toBe(SAMPLE);
    expect(asked[0]).toBe('/sampling?service=shop');
    server.body = JSON.stringify({
      strategyType: 1,
      rateLimitingSampling: { maxTracesPerSecond: 1 },
    });
    await sampler.refresh();
    expect([ask(sampler), ask(sampler)]).toEqual([SAMPLE, DROP]);
  });

  it('E13 has a share per operation', async () => {
    const { sampler } = await strategies({
      operationSampling: {
        defaultSamplingProbability: 0,
        perOperationStrategies: [{ operation: 'pay', probabilisticSampling: { samplingRate: 1 } }],
      },
    });
    await sampler.refresh();
    expect([ask(sampler, 'pay'), ask(sampler, 'other')]).toEqual([SAMPLE, DROP]);
  });

  it('E13 keeps the last strategy when the server fails, lies or answers nonsense', async () => {
    const { server, sampler } = await strategies({ probabilisticSampling: { samplingRate: 1 } });
    await sampler.refresh();
    for (const body of ['{', '{}', '[]', 'null']) {
      server.body = body;
      await sampler.refresh();
      expect(ask(sampler)).toBe(SAMPLE);
    }
    server.status = 500;
    await sampler.refresh();
    expect(ask(sampler)).toBe(SAMPLE);
  });

  it('L5 L6 E13 comes from the environment', async () => {
    const { asked, port } = await strategies({});
    const argument = `endpoint=http://127.0.0.1:${port}/sampling,initialSamplingRate=1`;
    const env = {
      OTEL_TRACES_SAMPLER: 'parentbased_jaeger_remote',
      OTEL_TRACES_SAMPLER_ARG: argument,
    };
    const sampler = samplerFromEnv(env, 'cart');
    expect(ask(sampler)).toBe(ask(alwaysOn));
    while (!asked.includes('/sampling?service=cart')) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });
});
