/**
 * Work that has not ended, as Clew shows it: a process hangs in a span and is killed, and both can be seen.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readSpans } from './read-back.ts';
import { eventually, run } from './rig.ts';
import { servesTests } from './served.ts';

// Where the names of the SDK's packages resolve.
const here = fileURLToPath(new URL('..', import.meta.url));
const HANGS = `
  import { start, withSpan } from '@clew/sdk';
  start({ service: 'hung', runningSpans: { afterMs: 50 }, batch: { scheduledDelayMillis: 50 } });
  withSpan('never ends', { attributes: { order: 7 } }, async (span) => {
    withSpan('ends', () => undefined);
    process.stdout.write(span.spanContext().traceId);
    await new Promise((resolve) => setTimeout(resolve, 3_600_000));
  });`;

const server = servesTests(async () => {});

it('is found while it runs and after it was killed', async () => {
  const { ui, otlp_http } = server.running.ready.listeners;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', HANGS], {
    cwd: here,
    env: { PATH: process.env['PATH'], OTEL_EXPORTER_OTLP_ENDPOINT: otlp_http.url },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [traceId] = (await once(child.stdout, 'data')).map(String);
  const question = '{ span.clew.running = true && resource.service.name = "hung" }';
  const ask = async () => {
    const { out } = await run(['query', question, '--json', '--server', ui.url]);
    return (JSON.parse(out) as { traces: { traceId: string }[] }).traces;
  };
  try {
    const found = await eventually(ask, (traces) => traces.length > 0);
    expect(found.map((trace) => trace.traceId)).toEqual([traceId]);
    expect(child.exitCode).toBeNull();
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  const spans = await readSpans(ui.url, traceId as string, 2);
  const hung = spans.find(({ name }) => name === 'never ends');
  expect(hung?.attributes).toEqual({ order: 7, 'clew.running': true });
  expect(spans.find(({ name }) => name === 'ends')?.parentSpanId).toBe(hung?.spanId);
});
