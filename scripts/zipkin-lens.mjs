/**
 * Drives Zipkin's own user interface against Clew: its search, a trace, its dependencies, and a trace that is not there.
 *
 *   unzip zipkin-server-3.5.1-exec.jar 'BOOT-INF/lib/zipkin-lens*' && unzip BOOT-INF/lib/zipkin-lens*.jar
 *   node scripts/zipkin-lens.mjs --lens ./zipkin-lens --clew http://127.0.0.1:9411
 *
 * The interface is served here as Zipkin's server does, its questions go to Clew unchanged. Needs a Chromium. Ends with 1
 * when something is not shown.
 */
import { parseArgs } from 'node:util';
import { openFrontEnd } from './front-end.mjs';

const { values } = parseArgs({ options: { lens: { type: 'string' }, clew: { type: 'string' } } });
if (values.lens === undefined || values.clew === undefined) {
  console.error('wanted --lens FOLDER --clew URL');
  process.exit(2);
}
const traceId = `${'a'.repeat(8)}${Date.now().toString(16).padStart(24, '0')}`;
const service = `front-${traceId.slice(-6)}`;
const callee = `pay-${traceId.slice(-6)}`;
await sendSpans();

const { page, base, show, say, end } = await openFrontEnd({
  folder: values.lens,
  clew: values.clew,
  prefix: '/zipkin',
  isQuestion: (path) => path.startsWith('/zipkin/api/') || path === '/zipkin/config.json',
});

const steps = [
  ['search', `/?serviceName=${service}&lookback=15m&limit=10`, ['1 Result', `${service}: get /`]],
  ['trace', `/traces/${traceId}`, ['Services 2', 'Total Spans 2', `${callee}: post /charge`]],
  ['unknown trace', '/traces/ffff', ['No trace found']],
];
for (const [name, path, words] of steps) {
  await page.goto(`${base}${path}`);
  if (name === 'search') await page.getByRole('button', { name: /run query/i }).click();
  for (const word of words) await show(name, word);
}
await page.goto(`${base}/dependency`);
const [dependencies] = await Promise.all([
  page.waitForResponse((one) => one.url().includes('/api/v2/dependencies'), { timeout: 15_000 }),
  page.getByRole('button', { name: /run query/i }).click(),
]);
const links = await dependencies.json();
const isLinked = links.some(({ parent, child }) => parent === service && child === callee);
say('dependencies', isLinked ? undefined : JSON.stringify(links));
await end();

/** A client and a server half of one call, as Zipkin's libraries share them. */
async function sendSpans() {
  const startUs = Date.now() * 1000 - 60e6;
  const span = (id, more) => ({
    traceId,
    id: String(id).padStart(16, '0'),
    timestamp: startUs,
    duration: 300_000,
    localEndpoint: { serviceName: service },
    ...more,
  });
  const call = { name: 'post /charge', parentId: '1'.padStart(16, '0') };
  const spans = [
    span(1, { name: 'get /', kind: 'SERVER', tags: { 'http.method': 'GET' } }),
    span(2, { ...call, kind: 'CLIENT', timestamp: startUs + 50_000, duration: 90_000 }),
    span(2, {
      ...call,
      kind: 'SERVER',
      shared: true,
      timestamp: startUs + 60_000,
      duration: 70_000,
      localEndpoint: { serviceName: callee },
    }),
  ];
  const sent = await fetch(`${values.clew}/api/v2/spans`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(spans),
  });
  if (!sent.ok) throw new Error(`spans were refused: ${sent.status} ${await sent.text()}`);
  // A search sees a span within two seconds of its acknowledgement.
  await new Promise((done) => setTimeout(done, 2500));
}
