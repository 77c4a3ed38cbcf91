/**
 * An example as a user plays it, `npm run example -- NAME`, on a Clew that runs; what came back is asked for.
 * Never knows: what an example does.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type ReadSpan, readSpans } from './read-back.ts';
import { servesTests } from './served.ts';

const runner = fileURLToPath(new URL('../../../scripts/example.mjs', import.meta.url));
const PLAY_MS_MAX = 160_000;

export interface PlayedExample {
  readonly traces: readonly { readonly title: string; readonly traceId: string }[];
  readonly look: readonly string[];
  readonly skipped?: string;
}

export interface Example {
  /** What the runner answered, and what it told on the way. */
  readonly played: PlayedExample;
  readonly told: string;
  readonly ui: string;
  /** The spans of the trace with this title, once there are so many; ordered by start. */
  spans(title: string, count: number): Promise<ReadSpan[]>;
}

/** Plays the example once for all tests of a file; `more` is added to its environment. */
export function playsExample(name: string, more: Readonly<Record<string, string>> = {}): Example {
  let played: PlayedExample = { traces: [], look: [] };
  let told = '';
  const server = servesTests(async ({ ready }) => {
    const args = [runner, name, '--once', '--json', '--clew', ready.listeners.ui.url];
    const { PATH, HOME, TMPDIR } = process.env;
    const options = { timeout: PLAY_MS_MAX, env: { PATH, HOME, TMPDIR, ...more } };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, options);
    played = JSON.parse(stdout) as PlayedExample;
    told = stderr;
  }, PLAY_MS_MAX);
  const ui = () => server.running.ready.listeners.ui.url;

  return {
    get played() {
      return played;
    },
    get told() {
      return told;
    },
    get ui() {
      return ui();
    },
    spans: async (title, count) => {
      const found = played.traces.find((trace) => trace.title === title);
      if (found === undefined) throw new Error(`the example shows no trace "${title}"`);
      const spans = await readSpans(ui(), found.traceId, count);
      return spans.sort((a, b) => Number(a.startNs - b.startNs));
    },
  };
}

const KINDS = ['', 'internal', 'server', 'client', 'producer', 'consumer'];

/** One line per span, `service name kind`, children below and to the right of their parent; ✕ is an error. */
export function treeOf(spans: readonly ReadSpan[]): string {
  const known = new Set(spans.map(({ spanId }) => spanId));
  const under = (parent: ReadSpan | undefined, depth: number): string[] =>
    spans
      .filter(({ parentSpanId }) =>
        parent === undefined ? !known.has(parentSpanId) : parentSpanId === parent.spanId,
      )
      .flatMap((span) => [lineOf(span, depth), ...under(span, depth + 1)]);
  return under(undefined, 0).join('\n');
}

function lineOf({ name, kind, status, resource }: ReadSpan, depth: number): string {
  const error = status.code === 2 ? [' ✕'] : [];
  return `${'  '.repeat(depth)}${resource['service.name']} ${name} ${KINDS[kind]}${error.join('')}`;
}

/** The same without indentation of the source around it. */
export function tree(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const indent = Math.min(...lines.map((line) => line.length - line.trimStart().length));
  return lines.map((line) => line.slice(indent)).join('\n');
}

export function named(spans: readonly ReadSpan[], name: string): ReadSpan {
  const found = spans.find((span) => span.name === name);
  if (found === undefined) throw new Error(`no span "${name}" in\n${treeOf(spans)}`);
  return found;
}
