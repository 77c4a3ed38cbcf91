/**
 * Requests per second of an HTTP server under the unmodified HTTP instrumentation, seven spans a request:
 * the server's, five inside, and a client's call to a second server that is not traced.
 *
 * The spans inside come in two forms. `full`: as the stock instrumentations of Express, Redis, Postgres
 * and Kafka make them, named attributes of the semantic conventions, four to eight of them. `bare`: by hand,
 * two attributes each, which leaves the instrumentation of HTTP and the sockets almost the whole bill.
 */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { context, trace } from '@opentelemetry/api';
import { besides, measured } from './sdk-child.mjs';
import { median, startProvider } from './sdk-provider.mjs';

const require = createRequire(import.meta.url);
const CONNECTIONS = 32;
const WARM_MS = 1500;

const SERVER = { 'server.address': 'db.shop.internal', 'network.peer.address': '10.12.0.9' };
const FULL = {
  'middleware - authorise': {
    'http.route': '/orders/:id',
    'express.name': 'authorise',
    'express.type': 'middleware',
    'code.function.name': 'authorise',
  },
  GET: {
    ...SERVER,
    'server.port': 6379,
    'db.system.name': 'redis',
    'db.operation.name': 'GET',
    'db.query.text': 'GET session:?',
    'db.namespace': '0',
  },
  'pg.query:SELECT shop': {
    ...SERVER,
    'server.port': 5432,
    'db.system.name': 'postgresql',
    'db.namespace': 'shop',
    'db.operation.name': 'SELECT',
    'db.query.text': 'select id, sku, amount, price from cart_items where cart_id = $1 order by id',
    'db.client.connection.pool.name': 'shop',
  },
  'send price-asked': {
    'messaging.system': 'kafka',
    'messaging.destination.name': 'price-asked',
    'messaging.operation.name': 'send',
    'messaging.operation.type': 'send',
    'messaging.destination.partition.id': '3',
  },
  'check stock': {
    'code.function.name': 'checkStock',
    'code.file.path': '/app/src/stock.js',
    'app.warehouse': 'north',
    'app.items': 3,
  },
};
const BARE = Object.fromEntries(
  ['authorise', 'validate', 'load cart', 'price', 'check stock'].map((name) => [
    name,
    { 'app.step': name, 'app.items': 3 },
  ]),
);
const SPANS = { full: Object.entries(FULL), bare: Object.entries(BARE) };

/** Of each form: requests per second, and per second of the server's processor time. */
export async function server(options = {}) {
  const result = {};
  for (const form of Object.keys(SPANS)) result[form] = await compared(form, options);
  return result;
}

async function compared(form, { seconds = 5, runs = 3 }) {
  const found = { ours: [], theirs: [] };
  for (let at = 0; at < runs; at += 1) {
    for (const whose of ['ours', 'theirs']) {
      const load = (sink) =>
        besides('sdk-server.mjs', ['serve', whose, sink, form], (port) =>
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

async function serve(whose, sink, form) {
  const { provider } = await startProvider(whose, `http://127.0.0.1:${sink}/v1/traces`);
  const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
  const instrumentation = new HttpInstrumentation({
    ignoreOutgoingRequestHook: ({ path }) => path === '/v1/traces',
  });
  instrumentation.setTracerProvider(provider);
  const http = require('node:http');
  const tracer = trace.getTracer('app');
  const agent = new http.Agent({ keepAlive: true });
  const steps = SPANS[form].slice(0, -1);
  const [last, lastAttributes] = SPANS[form].at(-1);
  // Instrumentations give what they know at once; hands set it afterwards.
  const inside = (name, attributes, work) =>
    form === 'full'
      ? tracer.startActiveSpan(name, { attributes }, work)
      : tracer.startActiveSpan(name, (span) => {
          for (const key in attributes) span.setAttribute(key, attributes[key]);
          return work(span);
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
    for (const [name, attributes] of steps) inside(name, attributes, (span) => span.end());
    await inside(last, lastAttributes, async (span) => {
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
  const [what, first, second, form] = process.argv.slice(2);
  if (what === 'serve') await serve(first, second, form);
  else {
    const result = what === 'load' ? await load(first, Number(second)) : await server();
    process.stdout.write(`${JSON.stringify(result)}\n`);
    process.exit();
  }
}
