/**
 * The longest stall of the event loop at 20,000 spans a second that go to a real receiver.
 *
 * A stall is time that passes between two turns of the loop beside making the spans: what flushes take.
 * The smaller of processor time and the clock's, so that neighbours on the machine do not count; and
 * less the garbage collections, which both SDKs cause and which the ratio of bytes tells of.
 */
import { PerformanceObserver } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { trace } from '@opentelemetry/api';
import { besides, measured } from './sdk-child.mjs';
import { median, span, startProvider } from './sdk-provider.mjs';

const PER_SECOND = 20_000;

/** Milliseconds, the median of the runs' longest. */
export async function stall({ seconds = 5, runs = 3 } = {}) {
  const longest = { ours: [], theirs: [] };
  for (let at = 0; at < runs; at += 1) {
    for (const whose of ['ours', 'theirs']) {
      const result = await besides('sdk-sink.mjs', [], (port) =>
        measured('sdk-stall.mjs', [whose, port, seconds]),
      );
      longest[whose].push(result);
    }
  }
  const of = (whose) => ({
    p99Ms: median(longest[whose].map(({ p99Ms }) => p99Ms)),
    longestMs: median(longest[whose].map(({ longestMs }) => longestMs)),
  });
  return { ours: of('ours'), theirs: of('theirs') };
}

async function measureHere(whose, port, seconds) {
  const { provider } = await startProvider(whose, `http://127.0.0.1:${port}/v1/traces`);
  const tracer = trace.getTracer('bench', '1');
  for (let at = 0; at < 50_000; at += 1) span(tracer, at);
  await provider.forceFlush();
  const gaps = [];
  const collections = [];
  const observer = new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries())
      collections.push([startTime, duration]);
  });
  observer.observe({ entryTypes: ['gc'] });
  const begun = performance.now();
  let made = 0;
  await new Promise((resolve) => {
    let left = process.cpuUsage();
    let leftAt = performance.now();
    const turn = () => {
      const { user, system } = process.cpuUsage(left);
      const nowMs = performance.now();
      // Other threads add to processor time, neighbours to the clock's: the smaller one is ours.
      const took = Math.min((user + system) / 1000, nowMs - leftAt);
      if (took > 0.1) gaps.push([leftAt, nowMs, took]);
      const due = Math.floor(((nowMs - begun) / 1000) * PER_SECOND);
      // A pause of the machine must not be made up for in one burst.
      for (let at = 0; made < due && at < 100; at += 1) span(tracer, made++);
      if (made < due) made = due;
      if (nowMs - begun >= seconds * 1000) return resolve();
      left = process.cpuUsage();
      leftAt = performance.now();
      setImmediate(turn);
    };
    turn();
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  const without = gaps.map(([from, to, cpuMs]) => {
    const inside = collections.filter(([start]) => start >= from && start <= to);
    // Collections run on threads of the engine as well, so a gap with one tells nothing about a flush.
    return inside.length > 0 ? 0 : cpuMs;
  });
  const flushes = without.filter((ms) => ms > 0).sort((a, b) => a - b);
  const at = (share) =>
    Math.round((flushes[Math.floor(flushes.length * share)] ?? 0) * 1000) / 1000;
  return { p99Ms: at(0.99), longestMs: at(1 - 1 / flushes.length) };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [whose, port, seconds] = process.argv.slice(2);
  const result =
    whose === undefined ? await stall() : await measureHere(whose, port, Number(seconds));
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exit();
}
