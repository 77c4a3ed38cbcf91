/**
 * Runs a scenario against a server: sends its spans, asks, and says what differs.
 *
 * Never knows: how spans and requests travel; the target does.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { encodeTraces } from '@clew/wire';
import { type NotedSpan, parseNotation } from './notation.ts';
import { tracesOf } from './notation-otlp.ts';
import { zipkinSpansOf } from './notation-zipkin.ts';
import { type Exchange, type Expected, parseScenario, type Scenario } from './scenario.ts';
import { differences, textDifferences } from './scenario-match.ts';
import { createNames, type Names } from './scenario-names.ts';

export type Asked = {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
};

export type Answered = { readonly status: number; readonly type: string; readonly body: string };

export type Target = {
  /** Takes a request of OTLP or, for products that know nothing else, a list of Zipkin spans. */
  readonly takes: 'otlp' | 'zipkin';
  send(body: Uint8Array): Promise<void>;
  ask(asked: Asked): Promise<Answered>;
  /** Clew answers what stands for Clew alone. */
  readonly isClew: boolean;
  /** How long an answer may be wrong because spans are still on their way. */
  readonly patienceMs: number;
};

export type Outcome = { readonly path: string; readonly differences: readonly string[] };

/** All scenarios below a folder, by path. */
export function readScenarios(folder: string): Scenario[] {
  return readdirSync(folder, { encoding: 'utf8' })
    .filter((path) => path.endsWith('.scenario'))
    .sort()
    .map((path) => {
      const text = readFileSync(join(folder, path), 'utf8');
      return parseScenario(basename(path, '.scenario'), text);
    });
}

/** @param run eight hex digits @param baseMs the base time of the spans, whole seconds */
export async function runScenario(
  scenario: Scenario,
  target: Target,
  { run, baseMs }: { readonly run: string; readonly baseMs: number },
): Promise<readonly Outcome[]> {
  const names = createNames(run, baseMs);
  if (scenario.traces.trim() !== '') await target.send(requestOf(scenario, target, names, baseMs));
  const outcomes: Outcome[] = [];
  for (const exchange of scenario.exchanges) {
    outcomes.push(await runExchange(exchange, target, names));
  }
  return outcomes;
}

function requestOf({ traces }: Scenario, target: Target, names: Names, baseMs: number) {
  const baseNs = BigInt(baseMs) * 1_000_000n;
  const spans = parseNotation(names.fill(traces)).map(
    (span): NotedSpan => ({
      ...span,
      label: names.traceId(span.label),
      links: span.links.map((link) => ({ ...link, label: names.traceId(link.label) })),
    }),
  );
  if (target.takes === 'otlp') return encodeTraces(tracesOf(spans, baseNs));
  return new TextEncoder().encode(JSON.stringify(zipkinSpansOf(spans, baseNs)));
}

async function runExchange(exchange: Exchange, target: Target, names: Names): Promise<Outcome> {
  const { method, headers, ofClew } = exchange;
  const path = pathOf(exchange, names);
  const written = target.isClew ? (ofClew ?? exchange.expected) : exchange.expected;
  const expected = { ...written, body: names.fill(written.body) };
  const until = performance.now() + target.patienceMs;
  for (;;) {
    const found = compare(expected, await target.ask({ method, path, headers }));
    if (found.length === 0 || performance.now() > until) return { path, differences: found };
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

function pathOf({ path, parameters }: Exchange, names: Names): string {
  const pairs = parameters.map(
    ([name, value]) => `${name}=${encodeURIComponent(names.fill(value))}`,
  );
  return `${names.fill(path)}${pairs.length === 0 ? '' : `?${pairs.join('&')}`}`;
}

function compare(expected: Expected, answered: Answered): readonly string[] {
  const type = answered.type.split(';', 1)[0]!.trim();
  if (answered.status !== expected.status) {
    const body = answered.body.slice(0, 300);
    return [`status: found ${answered.status} (${body}), wanted ${expected.status}`];
  }
  if (expected.type !== '' && type !== expected.type) {
    return [`type: found ${type}, wanted ${expected.type}`];
  }
  if (!/^[[{]/.test(expected.body)) return textDifferences(expected.body, answered.body);
  return differences(JSON.parse(expected.body), JSON.parse(answered.body));
}
