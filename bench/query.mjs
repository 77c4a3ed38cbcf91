/**
 * Questions at 10 million spans, asked through the API: by trace id, and latest-20 searches.
 *
 * The data set is generated from a seed over a day and loaded without the collector; the server is
 * then started on it. `--spans N` makes it smaller for a quick look, `--hours 2` denser, `--structural
 * 0` leaves out the questions about whole traces.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngine } from '@clew/store';
import { startClew } from './clew.mjs';
import { createRandom, createRequests, createSeededChance, SPANS_PER_REQUEST } from './payload.mjs';
import { usage } from './processes.mjs';
import { metricQuestions } from './query-metrics.mjs';
import { parseMicros, searchPaths } from './questions.mjs';
import { streamTimes } from './search-stream.mjs';
import { writeSegment } from './segments.mjs';

const SEGMENT_SPANS = 100_000;
const HOUR_MS = 3_600_000;
const SEED = 20;

export const name = 'query';
export const says = 'trace by id and search at 10 million spans: p50, p95 at the API';

/** @param {{ spans?: number, rounds?: number, hours?: number, structural?: number }} options */
export async function run({ spans = 10_000_000, rounds = 100, hours = 24, structural = 1 } = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'clew-query-'));
  try {
    const rangeMs = hours * HOUR_MS;
    const startMs = Date.now() - rangeMs;
    const traceIds = await fill(dataDir, { spans, startMs, rangeMs });
    const clew = await startClew({ dataDir });
    try {
      const answers = await askAll(clew, traceIds, rounds);
      const wholeTraces = structural
        ? await askWholeTraces(clew, { startMs, rangeMs, rounds })
        : {};
      const range = { fromMs: startMs, toMs: Date.now() };
      const stream = await streamTimes(clew.ui, { ...range, rounds: Math.ceil(rounds / 2) });
      const parse = await parseMicros();
      return {
        spans,
        hours,
        ...answers,
        wholeTraces,
        stream,
        parse,
        rssMiB: Math.round(usage(clew.pid).rssBytes / 2 ** 20),
      };
    } finally {
      await clew.stop();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function fill(dataDir, { spans, startMs, rangeMs }) {
  const engine = await openEngine({ place: { kind: 'embedded', dataDir }, log: () => {} });
  const requests = createRequests(32, SEED);
  const chance = createSeededChance(SEED);
  const count = spans / SEGMENT_SPANS;
  const segmentMs = rangeMs / count;
  const traceIds = [];
  for (let at = 0; at < count; at++) {
    const segment = writeSegment(dataDir, BigInt(at + 1), requests, {
      spans: SEGMENT_SPANS,
      startMs: startMs + at * segmentMs,
      stepMs: segmentMs / (SEGMENT_SPANS / SPANS_PER_REQUEST),
      chance,
    });
    await engine.load(segment);
    rmSync(segment.path);
    traceIds.push(segment.firstTraceId);
    if (at % 10 === 9)
      process.stderr.write(`loaded ${((at + 1) * SEGMENT_SPANS).toLocaleString('en')} spans\n`);
  }
  await engine.close();
  return traceIds;
}

async function askAll(clew, traceIds, rounds) {
  const random = createRandom(SEED);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const services = ['orders', 'payments', 'mailer', 'auth'];
  const questions = {
    traceColumns: () => `/api/v1/traces/${pick(traceIds)}/columns`,
    traceJson: () => `/api/v1/traces/${pick(traceIds)}`,
    latestByService: () => `/api/v1/search?limit=20&service=${pick(services)}`,
    latestByServiceSpans: () => `/api/v1/search?by=span&limit=20&service=${pick(services)}`,
    latestByStatus: () => '/api/v1/search?limit=20&status=error',
    latestByAttribute: () =>
      `/api/v1/search?limit=20&attr=user.id%3Dcustomer-${Math.floor(random() * 50_000)}`,
    latestByNumber: () => '/api/v1/search?limit=20&attr=http.response.status_code%3D504',
    services: () => '/api/v1/services',
    ...metricQuestions(),
  };
  const answers = {};
  for (const [question, path] of Object.entries(questions)) {
    answers[question] = await measure(clew.ui, path, rounds);
    process.stderr.write(`${question} ${JSON.stringify(answers[question])}\n`);
  }
  return answers;
}

/** Some of these take seconds, so they are asked less often. */
async function askWholeTraces(clew, { startMs, rangeMs, rounds }) {
  const answers = {};
  for (const [question, path] of Object.entries(searchPaths(startMs, rangeMs))) {
    answers[question] = await measure(clew.ui, () => path, Math.max(3, Math.ceil(rounds / 10)));
    process.stderr.write(`${question} ${JSON.stringify(answers[question])}\n`);
  }
  return answers;
}

async function measure(ui, path, rounds) {
  const tookMs = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    const response = await fetch(ui + path());
    const body = await response.arrayBuffer();
    tookMs.push(performance.now() - start);
    if (!response.ok)
      throw new Error(`${response.status}: ${Buffer.from(body).toString().slice(0, 300)}`);
  }
  tookMs.sort((a, b) => a - b);
  const at = (q) => Math.round(tookMs[Math.min(rounds - 1, Math.floor(q * rounds))] * 10) / 10;
  return { p50Ms: at(0.5), p95Ms: at(0.95) };
}
