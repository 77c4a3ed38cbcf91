/**
 * Requests per second of an HTTP server under the unmodified HTTP instrumentation, seven spans a request:
 * the server's, five inside, and a client's call to a second server that is not traced.
 */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { context, trace } from '@opentelemetry/api';
import { besides, measured } from './sdk-child.mjs';
import { median, startProvider } from './sdk-provider.mjs';

const require = createRequire(import.meta.url);
const CONNECTIONS = 32;
const WARM_MS = 1500;

/** Requests per second, and per second of the server's processor time. */
export async function server({ seconds = 5, runs = 3 } = {}) {
  const found = { ours: [], theirs: [] };
  for (let at = 0; at < runs; at += 1) {
    for (const whose of ['ours', 'theirs']) {
      const load = (sink) =>
        besides('sdk-server.mjs', ['serve', whose, sink], (port) =>
          measured('sdk-server.mjs', ['load', port, seconds]),
        );
      found[whose].push(await besides('sdk-sink.mjs', [], load));
    }
  }
  const of = (whose) => ({
    perSecond: Math.round(median(found[whose].map(({ perSecond }) => perSecond))),
    perCpuSecond: Math.round(median(found[whose].map(({ perCpuSecond }) => perCpuSecond))),
  });
  return { ours: of('ours'), theirs: of('theirs') };
}

async function serve(whose, sink) {
  const { provider } = await startProvider(whose, `http://127.0.0.1:${sink}/v1/traces`);
  const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
  const instrumentation = new HttpInstrumentation({
    ignoreOutgoingRequestHook: ({ path }) => path === '/v1/traces',
  });
  instrumentation.setTracerProvider(provider);
  const http = require('node:http');
  const tracer = trace.getTracer('app');
  const agent = new http.Agent({ keepAlive: true });
  const inner = (name) =>
    tracer.startActiveSpan(name, (span) => {
      span.setAttribute('app.step', name);
      span.setAttribute('app.items', 3);
      span.end();
    });
  const call = () =>
    new Promise((resolve) => {
      const options = { host: '127.0.0.1', port: sink, agent, path: '/stock' };
      http.get(options, (answer) => answer.resume().on('end', resolve));
    });
  let requests = 0;
  const app = http.createServer(async (request, response) => {
    if (request.url === '/usage') {
      const { user, system } = process.cpuUsage();
      response.end(JSON.stringify({ cpuSeconds: (user + system) / 1e6, requests }));
      return;
    }
    requests += 1;
    for (const name of ['authorise', 'validate', 'load cart', 'price']) inner(name);
    await tracer.startActiveSpan('check stock', async (span) => {
      await context.with(context.active(), call);
      span.end();
    });
    response.end('ok');
  });
  app.listen(0, '127.0.0.1', () => process.stdout.write(String(app.address().port)));
}

async function load(port, seconds) {
  const { Agent, get } = require('node:http');
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const ask = (path) =>
    new Promise((resolve, reject) => {
      get({ host: '127.0.0.1', port, agent, path }, (answer) => {
        let text = '';
        answer.on('data', (part) => {
          text += part;
        });
        answer.on('end', () => resolve(text));
      }).on('error', reject);
    });
  const usage = async () => JSON.parse(await ask('/usage'));
  let isOver = false;
  const worker = async () => {
    while (!isOver) await ask('/orders/7');
  };
  const workers = Array.from({ length: CONNECTIONS }, worker);
  await new Promise((resolve) => setTimeout(resolve, WARM_MS));
  const before = await usage();
  const begun = performance.now();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const after = await usage();
  const tookS = (performance.now() - begun) / 1000;
  isOver = true;
  await Promise.all(workers);
  const done = after.requests - before.requests;
  return {
    perSecond: done / tookS,
    perCpuSecond: done / (after.cpuSeconds - before.cpuSeconds),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [what, first, second] = process.argv.slice(2);
  if (what === 'serve') await serve(first, second);
  else {
    const result = what === 'load' ? await load(first, Number(second)) : await server();
    process.stdout.write(`${JSON.stringify(result)}\n`);
    process.exit();
  }
}
