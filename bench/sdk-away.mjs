/**
 * Memory while the destination is away: 5,000 spans a second to a port where nobody listens.
 * What is held must stay within the byte cap; what is not held must be counted.
 */
import { pathToFileURL } from 'node:url';
import { trace } from '@opentelemetry/api';
import { measured } from './sdk-child.mjs';
import { span, startProvider } from './sdk-provider.mjs';

const PER_SECOND = 5000;
const TICK_MS = 20;

export async function away({ seconds = 60 } = {}) {
  return measured('sdk-away.mjs', [seconds], ['--expose-gc']);
}

async function measureHere(seconds) {
  const { provider, stats } = await startProvider('ours', 'http://127.0.0.1:1/v1/traces');
  const tracer = trace.getTracer('bench', '1');
  const held = () => {
    globalThis.gc();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = held();
  let most = 0;
  let made = 0;
  for (let ms = 0; ms < seconds * 1000; ms += TICK_MS) {
    for (let at = 0; at < (PER_SECOND * TICK_MS) / 1000; at += 1) span(tracer, made++);
    if (ms % 1000 === 0) most = Math.max(most, held() - before);
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  await provider.forceFlush().catch(() => {});
  const { sent, waiting, dropped } = stats();
  const counted = Object.values(dropped).reduce((sum, count) => sum + count, sent + waiting);
  return { made, counted, dropped, heldMiB: Math.round((most / 1024 / 1024) * 10) / 10 };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [seconds] = process.argv.slice(2);
  process.stdout.write(`${JSON.stringify(await measureHere(Number(seconds ?? 60)))}\n`);
  process.exit();
}
