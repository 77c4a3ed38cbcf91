/**
 * Drives Jaeger's own user interface against Clew: its search, a trace, the system's architecture, and a trace that is not
 * there.
 *
 *   pnpm install && pnpm -r build        in a checkout of jaeger-ui
 *   node scripts/jaeger-ui.mjs --ui packages/jaeger-ui/build --clew http://127.0.0.1:16686 --otlp http://127.0.0.1:4318
 *
 * The interface is served here, its questions go to Clew unchanged. Needs a Chromium. `--shots FOLDER` keeps a picture of
 * each step. Ends with 1 when something is not shown.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openFrontEnd } from './front-end.mjs';

const text = { type: 'string' };
const { values } = parseArgs({ options: { ui: text, clew: text, otlp: text, shots: text } });
if (values.ui === undefined || values.clew === undefined || values.otlp === undefined) {
  console.error('wanted --ui FOLDER --clew URL --otlp URL');
  process.exit(2);
}
const traceId = `${'b'.repeat(8)}${Date.now().toString(16).padStart(24, '0')}`;
const service = `front-${traceId.slice(-6)}`;
const callee = `pay-${traceId.slice(-6)}`;
await sendSpans();

const { page, base, show, say, end } = await openFrontEnd({
  folder: values.ui,
  clew: values.clew,
  isQuestion: (path) => path.startsWith('/api/') || path.startsWith('/analytics/'),
});

await step('search', `/search?service=${service}&lookback=1h&limit=20`, [
  '1 trace (in',
  `${service}: GET /`,
  `${service} (1)`,
  `${callee} (1)`,
]);
await step('trace', `/trace/${traceId}`, [`${service}: GET /`, 'Total Spans', callee, 'charge']);
await step('unknown trace', `/trace/${'f'.repeat(32)}`, ['trace not found']);
const [dependencies] = await Promise.all([
  page.waitForResponse((one) => one.url().includes('/api/dependencies'), { timeout: 15_000 }),
  page.goto(`${base}/dependencies`),
]);
const { data } = await dependencies.json();
const isLinked = data.some(({ parent, child }) => parent === service && child === callee);
say('dependencies', isLinked ? undefined : JSON.stringify(data));
await end();

async function step(name, path, words) {
  await page.goto(`${base}${path}`);
  for (const word of words) await show(name, word);
  if (values.shots) await page.screenshot({ path: join(values.shots, `${name}.png`) });
}

/** A server's call of another service that fails, as OTLP/JSON. */
async function sendSpans() {
  const startNs = BigInt(Date.now() - 60_000) * 1_000_000n;
  const span = (id, ms, more) => ({
    traceId,
    spanId: id,
    startTimeUnixNano: String(startNs + BigInt(ms[0]) * 1_000_000n),
    endTimeUnixNano: String(startNs + BigInt(ms[1]) * 1_000_000n),
    ...more,
  });
  const of = (name, spans) => ({
    resource: { attributes: [{ key: 'service.name', value: { stringValue: name } }] },
    scopeSpans: [{ spans }],
  });
  const calling = { name: 'GET /', kind: 2 };
  const called = { name: 'charge', kind: 2, parentSpanId: '1'.padStart(16, '0') };
  const resourceSpans = [
    of(service, [span('1'.padStart(16, '0'), [0, 300], calling)]),
    of(callee, [
      span('2'.padStart(16, '0'), [50, 140], {
        ...called,
        status: { code: 2, message: 'declined' },
      }),
    ]),
  ];
  const sent = await fetch(`${values.otlp}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans }),
  });
  if (!sent.ok) throw new Error(`spans were refused: ${sent.status} ${await sent.text()}`);
  // A search sees a span within two seconds of its acknowledgement.
  await new Promise((done) => setTimeout(done, 2500));
}
