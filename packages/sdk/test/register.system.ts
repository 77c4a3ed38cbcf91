/**
 * Whole programs under the built `@clew/sdk/register`: how they start, and how they end.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { cleanUp, root, run } from './program.ts';

afterEach(cleanUp);

const preload = ['--import', '@clew/sdk/register'];
const asModule = [...preload, '--input-type=module'];
const span = "api.trace.getTracer('t').startSpan('x').end();";
const inCommonJs = `const api = require('@opentelemetry/api'); ${span}`;
const inModule = `import * as api from '@opentelemetry/api'; ${span}`;
const few = { OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http' };

describe('node --import @clew/sdk/register', () => {
  it('M7 works with --require too', async () => {
    const { spans } = await run({ source: inCommonJs, flags: ['--require', '@clew/sdk/register'] });
    expect(spans.map(({ name }) => name)).toContain('x');
  });

  it('instruments modules that are imported', async () => {
    const source = `import { createServer, get } from 'node:http';
      const server = createServer((_, response) => response.end()).listen(0, () =>
        get({ port: server.address().port }, (response) =>
          response.resume().on('end', () => server.close())));`;
    const { spans } = await run({ source, flags: asModule, env: few });
    expect(spans[0]?.attributes.length).toBeGreaterThan(0);
    expect(spans.map(({ kind }) => kind).sort()).toEqual([2, 3]);
  });
});

describe('the end of a program', () => {
  const ends: readonly [how: string, source: string, flags: string[], code: number][] = [
    ['G11 by having nothing more to do', inCommonJs, preload, 0],
    ['G11 by an error in a module', `${inModule} throw new Error('end');`, asModule, 1],
    ['G11 by process.exit', `${inCommonJs} process.exit(3);`, preload, 3],
    ['G11 by an exit code', `${inCommonJs} process.exitCode = 5;`, preload, 5],
    ['G11 by a rejection', `${inCommonJs} Promise.reject(new Error('no'));`, preload, 1],
  ];
  for (const [how, source, flags, wanted] of ends) {
    it(`${how} loses nothing and keeps its exit code`, async () => {
      const { spans, code } = await run({ source, flags, env: few });
      expect(spans.map(({ name }) => name)).toContain('x');
      expect(code).toBe(wanted);
    });
  }

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`G11 by ${signal} loses nothing, and is of it`, async () => {
      const source = `${inCommonJs} setInterval(() => {}, 1000); process.stdout.write('up');`;
      const { spans, ended } = await run({ source, flags: preload, signal, env: few });
      expect(spans.map(({ name }) => name)).toContain('x');
      expect(ended).toBe(signal);
    });
  }

  it('G11 by process.exit at once prints what the console exporter has', async () => {
    const env = { ...few, OTEL_TRACES_EXPORTER: 'console' };
    const { out } = await run({ source: `${inCommonJs} process.exit();`, flags: preload, env });
    expect(out).toMatch(/trace [0-9a-f]{32}\n {2}x {2}/);
  });

  it('G11 by process.exit loses nothing of exporters that are loaded late', async () => {
    const late: Record<string, string>[] = [
      { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' },
      { OTEL_TRACES_EXPORTER: 'zipkin' },
    ];
    for (const env of late) {
      const got: string[] = [];
      const server = createServer((request, response) => {
        got.push(`${request.url} ${request.headers['content-type']}`);
        request.resume().on('end', () => response.end());
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const to = {
        OTEL_EXPORTER_OTLP_ENDPOINT: base,
        OTEL_EXPORTER_ZIPKIN_ENDPOINT: `${base}/api/v2/spans`,
        OTEL_LOG_LEVEL: 'error',
      };
      const source = `${inCommonJs} process.exit(2);`;
      const { code, out } = await run({ source, flags: preload, env: { ...few, ...to, ...env } });
      server.close();
      server.closeAllConnections();
      expect([code, out]).toEqual([2, '']);
      expect(got).toHaveLength(1);
      expect(got[0]).toContain('application/json');
    }
  });

  it('G11 leaves signals that the application handles to it', async () => {
    const source = `${inCommonJs} setInterval(() => {}, 1000); process.stdout.write('up');
      process.on('SIGTERM', () => setTimeout(() => process.exit(7), 50));`;
    const { spans, code } = await run({ source, flags: preload, signal: 'SIGTERM', env: few });
    expect(spans.map(({ name }) => name)).toContain('x');
    expect(code).toBe(7);
  });

  it('G11 is as ever when nobody listens', async () => {
    const source = `import { start } from '@clew/sdk'; import * as api from '@opentelemetry/api';
      start({ otlp: { url: 'http://127.0.0.1:1/' } }); ${span} process.exit(4);`;
    const { code } = await run({ source, flags: ['--input-type=module'], env: few });
    expect(code).toBe(4);
  });
});

describe('several of everything', () => {
  const named = (spans: { name: string }[]) => spans.map(({ name }) => name).sort();

  it('M6 a second registration is reported and changes nothing', async () => {
    const source = `import { start } from '@clew/sdk'; import * as api from '@opentelemetry/api';
      start(); ${span}`;
    const env = { ...few, OTEL_LOG_LEVEL: 'error' };
    const { spans, out } = await run({ source, flags: asModule, env });
    expect(named(spans)).toEqual(['x']);
    expect(out).toContain('another tracer provider is registered already');
  });

  it('M6 two copies of the API share one provider', async () => {
    const source = `const api = require('@opentelemetry/api');
      const path = require.resolve('@opentelemetry/api');
      for (const key of Object.keys(require.cache)) {
        if (key.includes('@opentelemetry/api/')) delete require.cache[key];
      }
      const copy = require(path);
      if (copy === api || copy.trace === api.trace) throw new Error('no copy');
      api.trace.getTracer('a').startActiveSpan('outer', (outer) => {
        copy.trace.getTracer('b').startSpan('inner').end();
        outer.end();
      });`;
    const { spans } = await run({ source, flags: preload, env: few });
    expect(named(spans)).toEqual(['inner', 'outer']);
    expect(new Set(spans.map(({ traceId }) => Buffer.from(traceId).toString('hex'))).size).toBe(1);
  });

  it('a forked process has its own provider and ids, and takes the context it is given', async () => {
    const source = `const { spawn } = require('node:child_process');
      const { injectEnv, extractEnv } = require('@clew/sdk');
      const api = require('@opentelemetry/api');
      const tracer = api.trace.getTracer('t');
      if (process.env.CHILD === '1') tracer.startSpan('child', {}, extractEnv()).end();
      else tracer.startActiveSpan('parent', (span) => {
        const args = [...process.execArgv.slice(0, 2), '--eval', process.execArgv.at(-1)];
        spawn(process.execPath, args, { env: { ...injectEnv(), CHILD: '1' } })
          .on('exit', () => span.end());
      });`;
    const { spans, resources } = await run({ source, flags: preload, env: few });
    expect(named(spans)).toEqual(['child', 'parent']);
    const [child, parent] = spans;
    expect(child!.parentSpanId).toEqual(parent!.spanId);
    expect(new Set(resources.map((one) => one['service.instance.id'])).size).toBe(2);
    expect(new Set(resources.map((one) => one['process.pid'])).size).toBe(2);
  });

  it('a worker thread has its own provider; nothing of it is lost', async () => {
    const folder = mkdtempSync(join(root, 'worker-'));
    const inside = "require('@opentelemetry/api').trace.getTracer('w').startSpan('thread').end();";
    writeFileSync(join(folder, 'idle.cjs'), inside);
    writeFileSync(join(folder, 'exit.cjs'), `${inside} process.exit(0);`);
    const source = `const { Worker } = require('node:worker_threads');
      require('@opentelemetry/api').trace.getTracer('t').startSpan('main').end();
      for (const name of ['idle.cjs', 'exit.cjs']) new Worker('${folder}/' + name);`;
    const { spans, resources } = await run({ source, flags: preload, env: few });
    rmSync(folder, { recursive: true });
    expect(named(spans)).toEqual(['main', 'thread', 'thread']);
    expect(new Set(resources.map((one) => one['service.instance.id'])).size).toBe(3);
  });

  it('cluster workers have their own providers, like any process', async () => {
    const source = `const cluster = require('node:cluster');
      const api = require('@opentelemetry/api');
      const { writeFileSync, mkdtempSync, rmSync } = require('node:fs');
      const { join } = require('node:path');
      const folder = mkdtempSync(join(process.cwd(), 'cluster-'));
      const exec = join(folder, 'worker.cjs');
      writeFileSync(exec, "require('@opentelemetry/api').trace.getTracer('c').startSpan('worker').end();" +
        "require('node:cluster').worker.disconnect();");
      cluster.setupPrimary({ exec, execArgv: process.execArgv.slice(0, 2) });
      api.trace.getTracer('t').startSpan('primary').end();
      cluster.fork();
      cluster.fork().on('exit', () => setTimeout(() => rmSync(folder, { recursive: true }), 300));`;
    const { spans, resources } = await run({ source, flags: preload, env: few });
    expect(named(spans)).toEqual(['primary', 'worker', 'worker']);
    expect(new Set(resources.map((one) => one['process.pid'])).size).toBe(3);
  });
});
