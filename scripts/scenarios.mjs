/**
 * Runs the API scenarios of packages/api/scenarios against a server that listens: Clew, or the product whose API it is.
 *
 *   node scripts/scenarios.mjs --face tempo --against http://127.0.0.1:3200 --otlp http://127.0.0.1:4318
 *   node scripts/scenarios.mjs --face jaeger --against http://127.0.0.1:16686 --otlp http://127.0.0.1:4318
 *   node scripts/scenarios.mjs --face zipkin --against http://127.0.0.1:9411
 *   node scripts/scenarios.mjs --face prometheus --against http://127.0.0.1:9090 --otlp http://127.0.0.1:4318 --wait 60
 *
 *   --clew          what stands for Clew alone is expected, where scenarios say that it differs
 *   --only WORD     only scenarios with this in their name
 *   --wait SECONDS  how long an answer may be wrong because spans are on their way; 15 by default
 *
 * Spans are sent as OTLP/HTTP, for Zipkin as its own JSON. A Prometheus has the metrics that Tempo's generator writes to it, so
 * spans are sent to that Tempo. Every run has ids and services of its own. Reads built
 * packages: run `npm run build` first. Ends with 1 when an answer differs.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const { readScenarios, runScenario } = await import(
  join(root, 'packages/testkit/dist/scenario-run.js')
);

const { values } = parseArgs({
  options: {
    face: { type: 'string' },
    against: { type: 'string' },
    otlp: { type: 'string', default: 'http://127.0.0.1:4318' },
    clew: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    wait: { type: 'string', default: '15' },
  },
});
const faces = ['tempo', 'jaeger', 'zipkin', 'prometheus'];
if (!faces.includes(values.face) || values.against === undefined) {
  console.error(`wanted --face ${faces.join('|')} --against URL`);
  process.exit(2);
}

const isZipkin = values.face === 'zipkin';
const base = values.against.replace(/\/$/, '');
const spansUrl = isZipkin ? `${base}/api/v2/spans` : `${values.otlp.replace(/\/$/, '')}/v1/traces`;

const target = {
  takes: isZipkin ? 'zipkin' : 'otlp',
  isClew: values.clew,
  patienceMs: Number(values.wait) * 1000,
  async send(body) {
    const type = isZipkin ? 'application/json' : 'application/x-protobuf';
    const answer = await fetch(spansUrl, {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    });
    if (!answer.ok)
      throw new Error(`${spansUrl} answered ${answer.status}: ${await answer.text()}`);
  },
  async ask({ method, path, headers }) {
    const accept = 'application/json, text/plain';
    const answer = await fetch(`${base}${path}`, {
      method: method.toUpperCase(),
      headers: { accept, ...headers },
    });
    const type = answer.headers.get('content-type') ?? '';
    return { status: answer.status, type, body: await answer.text() };
  },
};

let wrong = 0;
for (const scenario of readScenarios(join(root, 'packages/api/scenarios', values.face))) {
  if (!scenario.name.includes(values.only)) continue;
  const run = `f${randomBytes(4).toString('hex').slice(1)}`;
  const baseMs = Math.floor(Date.now() / 1000) * 1000 - 20_000;
  const outcomes = await runScenario(scenario, target, { run, baseMs });
  const differing = outcomes.filter(({ differences }) => differences.length > 0);
  wrong += differing.length;
  console.log(
    `${differing.length === 0 ? 'same   ' : 'DIFFERS'} ${scenario.name}: ${scenario.shows}`,
  );
  for (const { path, differences } of differing) {
    console.log(`        ${path}\n          ${differences.join('\n          ')}`);
  }
}
process.exit(wrong === 0 ? 0 : 1);
