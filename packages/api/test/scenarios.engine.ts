/**
 * The scenarios of Tempo's, Jaeger's, Zipkin's and Prometheus' APIs against Clew, each face over a store of its own. The
 * same files are run against the real products by scripts/scenarios.mjs.
 */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readScenarios, runScenario, type Target } from '../../testkit/src/scenario-run.ts';
import { zipkinJsonToOtlp } from '../../translate/src/zipkin-json.ts';
import { openStored, type Stored } from './stored.ts';

const folder = (face: string) => fileURLToPath(new URL(`../scenarios/${face}`, import.meta.url));

/** Some seconds ago: spans are there, and no request ends before them. */
const baseMs = Math.floor(Date.now() / 1000) * 1000 - 20_000;

/** Where each face stands on the UI listener. */
const prefixes = { tempo: '/tempo', jaeger: '', zipkin: '/zipkin', prometheus: '/prometheus' };

describe.each(Object.entries(prefixes))('scenarios of %s', (face, prefix) => {
  const scenarios = readScenarios(folder(face));
  let stored: Stored;
  beforeAll(async () => {
    stored = await openStored();
  });
  afterAll(() => stored.close());

  test('are at least ten, each with its own name', () => {
    expect(scenarios.length).toBeGreaterThanOrEqual(10);
    for (const { shows } of scenarios) expect(shows).not.toBe('');
  });

  const target: Target = {
    takes: face === 'zipkin' ? 'zipkin' : 'otlp',
    isClew: true,
    // Which attributes hold arrays is looked up every two seconds.
    patienceMs: 5_000,
    async send(body) {
      stored.accept(face === 'zipkin' ? zipkinJsonToOtlp(body, Date.now()) : body);
      await stored.load();
    },
    async ask({ method, path, headers }) {
      const answer = await stored.app.inject({
        method: method === 'post' ? 'POST' : 'GET',
        url: `${prefix}${path}`,
        headers: { host: 'localhost', ...headers },
      });
      const type = String(answer.headers['content-type'] ?? '');
      return { status: answer.statusCode, type, body: answer.body };
    },
  };

  test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
    '%s',
    async (name, scenario) => {
      const run = `f${(scenarios.indexOf(scenario) + 0x1000000).toString(16)}`;
      const outcomes = await runScenario(scenario, target, { run, baseMs });
      const wrong = outcomes.filter(({ differences }) => differences.length > 0);
      expect({ name, wrong }).toEqual({ name, wrong: [] });
    },
  );
});
