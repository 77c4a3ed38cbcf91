/**
 * The longest stall of the event loop at 20,000 spans a second that go to a real receiver.
 *
 * A stall is what the main thread computes in one turn of the loop: the spans of the turn and whatever
 * a flush does in it. Beside ours and theirs run two controls: `sealed`, our SDK with an exporter that
 * does nothing, and `none`, the same loop without spans. They tell what the machine and the measurement
 * itself add. Needs Linux for the time of one thread; elsewhere the time of the process stands in.
 */
import { openSync, readSync } from 'node:fs';
import { PerformanceObserver } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { trace } from '@opentelemetry/api';
import { besides, measured } from './sdk-child.mjs';
import { median, span, startProvider } from './sdk-provider.mjs';

const PER_SECOND = 20_000;
const BURST_MAX = 20;
const WHOSE = ['ours', 'sealed', 'none', 'theirs'];
/** Turns shorter than this are not kept: there are some hundred thousand of them. */
const KEEP_MS = 0.05;

/** Milliseconds, the medians of the runs. `longestMs` is without turns in which memory was collected. */
export async function stall({ seconds = 5, runs = 3 } = {}) {
  const found = Object.fromEntries(WHOSE.map((whose) => [whose, []]));
  for (let at = 0; at < runs; at += 1) {
    for (const whose of WHOSE) {
      const result = await besides('sdk-sink.mjs', [], (port) =>
        measured('sdk-stall.mjs', [whose, port, seconds]),
      );
      found[whose].push(result);
    }
  }
  const of = (results) =>
    Object.fromEntries(
      Object.keys(results[0]).map((key) => [key, median(results.map((one) => one[key]))]),
    );
  return Object.fromEntries(WHOSE.map((whose) => [whose, of(found[whose])]));
}

/**
 * Milliseconds that the main thread has computed: neither the engine's other threads nor waiting for
 * a processor count, which on a busy machine are longer than any flush.
 */
function threadClock() {
  let file;
  try {
    file = openSync(`/proc/self/task/${process.pid}/schedstat`);
  } catch {
    return () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    };
  }
  const text = Buffer.alloc(64);
  return () => {
    // Asking for the time of the process brings the counter of this thread up to date.
    process.cpuUsage();
    readSync(file, text, 0, 64, 0);
    let ns = 0;
    for (let at = 0; text[at] !== 0x20; at += 1) ns = ns * 10 + text[at] - 48;
    return ns / 1e6;
  };
}

const NOTHING = { send: async () => true, forceFlush: async () => {}, shutdown: async () => {} };

async function providerOf(whose, port) {
  if (whose === 'none') return undefined;
  if (whose !== 'sealed')
    return (await startProvider(whose, `http://127.0.0.1:${port}/v1/traces`)).provider;
  const { BatchSpanProcessor, ClewTracerProvider } = await import('@clew/sdk');
  const spanProcessors = [new BatchSpanProcessor(NOTHING)];
  return new ClewTracerProvider({ spanProcessors });
}

async function measureHere(whose, port, seconds) {
  const provider = await providerOf(whose, port);
  const tracer = (provider ?? trace).getTracer('bench', '1');
  // As many flushes as code needs to be compiled for good; one is 512 spans.
  for (let at = 1; at <= 100 * 512; at += 1) {
    span(tracer, at);
    if (at % 512 === 0) await provider?.forceFlush();
  }
  const collections = [];
  const observer = new PerformanceObserver((list) => {
    for (const { startTime } of list.getEntries()) collections.push(startTime);
  });
  observer.observe({ entryTypes: ['gc'] });
  const turns = await turnsOf(
    provider === undefined ? () => {} : (at) => span(tracer, at),
    seconds,
  );
  await new Promise((resolve) => setTimeout(resolve, 50));
  const isQuiet = ([from, to]) => !collections.some((at) => at >= from && at <= to);
  const quiet = sorted(turns.filter(isQuiet));
  return {
    p99Ms: round(quiet[Math.floor(quiet.length * 0.99)]),
    longestMs: round(quiet.at(-1)),
    longestWithCollectionsMs: round(sorted(turns).at(-1)),
  };
}

/** Every turn of the loop that took long: when it began and ended, and what the thread computed. */
function turnsOf(work, seconds) {
  const clock = threadClock();
  const turns = [];
  const begun = performance.now();
  let made = 0;
  return new Promise((resolve) => {
    let leftAt = begun;
    let left = clock();
    const turn = () => {
      const computed = clock();
      const nowMs = performance.now();
      if (computed - left > KEEP_MS) turns.push([leftAt, nowMs, computed - left]);
      leftAt = nowMs;
      left = computed;
      const due = Math.floor(((nowMs - begun) / 1000) * PER_SECOND);
      // A pause of the machine must not be made up for in one burst: it would be the longest stall.
      for (let at = 0; made < due && at < BURST_MAX; at += 1) work(made++);
      if (made < due) made = due;
      if (nowMs - begun >= seconds * 1000) resolve(turns);
      else setImmediate(turn);
    };
    turn();
  });
}

const sorted = (turns) => turns.map(([, , ms]) => ms).sort((a, b) => a - b);
const round = (ms = 0) => Math.round(ms * 1000) / 1000;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [whose, port, seconds] = process.argv.slice(2);
  const result =
    whose === undefined ? await stall() : await measureHere(whose, port, Number(seconds));
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exit();
}
