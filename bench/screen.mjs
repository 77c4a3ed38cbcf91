/**
 * A trace of 100,000 spans in a real Chromium: time to the first rows, and late frames while scrolling.
 *
 * Software rasterising, no graphics card. "Late" is a frame more than 17 ms after the one before it.
 */
import { encodeTraces } from '@clew/wire';
import { chromium } from 'playwright-core';
import { startClew } from './clew.mjs';
import { createRandom } from './payload.mjs';

const SPANS_PER_BODY = 5_000;
const SERVICES = 12;
const SCROLL_MS = 6_000;
const SCROLL_PIXELS = 240;
const BROWSER = process.env.CLEW_CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];

export const name = 'screen';
export const says = 'a 100,000-span trace in Chromium: first rows, late frames, folding';

/** @param {{ spans?: number, rounds?: number }} options */
export async function run({ spans = 100_000, rounds = 5 } = {}) {
  const clew = await startClew();
  const browser = await chromium.launch({ executablePath: BROWSER, args: FLAGS });
  try {
    const traceId = await sendTrace(clew.otlpHttp, spans);
    const opened = [];
    for (let round = 0; round < rounds; round++) {
      await opened.at(-1)?.page.close();
      opened.push(await open(browser, clew.ui, traceId));
    }
    const first = opened.map(({ firstRowsMs }) => firstRowsMs).sort((a, b) => a - b);
    const page = opened.at(-1).page;
    const scroll = await measureScroll(page);
    const fold = await page.evaluate(() => window.__clew.trace.timeFoldAll());
    return {
      spans,
      firstRowsMs: { median: first[Math.floor(rounds / 2)], max: first.at(-1) },
      workerMs: Math.round(await page.evaluate(() => window.__clew.trace.workerMs)),
      scroll,
      foldAllMs: { collapse: round(fold.collapse), expand: round(fold.expand) },
    };
  } finally {
    await browser.close();
    await clew.stop();
  }
}

async function open(browser, ui, traceId) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.addInitScript(() => {
    window.__clew = {};
  });
  const start = performance.now();
  await page.goto(`${ui}/trace/${traceId}`, { waitUntil: 'commit' });
  await page.waitForFunction(() => (window.__clew.trace?.rows().length ?? 0) > 10, undefined, {
    polling: 'raf',
  });
  return { page, firstRowsMs: Math.round(performance.now() - start) };
}

/** Wheel steps at every frame for some seconds, and the gaps between frames meanwhile. */
async function measureScroll(page) {
  await page.keyboard.press('}');
  await page.mouse.move(500, 500);
  const gaps = page.evaluate(
    (lastMs) =>
      new Promise((resolve) => {
        const found = [];
        const start = performance.now();
        let last = start;
        const look = (now) => {
          found.push(now - last);
          last = now;
          if (now - start < lastMs) requestAnimationFrame(look);
          else resolve(found.slice(1));
        };
        requestAnimationFrame(look);
      }),
    SCROLL_MS,
  );
  const until = Date.now() + SCROLL_MS;
  while (Date.now() < until) await page.mouse.wheel(0, SCROLL_PIXELS);
  const found = await gaps;
  found.sort((a, b) => a - b);
  // A frame is late when it misses its own refresh: half an interval of tolerance for timer noise.
  const late = found.filter((gap) => gap > 25).length;
  return {
    frames: found.length,
    latePercent: round((late / found.length) * 100),
    p95FrameMs: round(found[Math.floor(found.length * 0.95)]),
  };
}

/** One trace as a random tree: a parent is one of the thirty spans before, so depth and fan-out vary. */
async function sendTrace(url, count) {
  const random = createRandom(3);
  const id = (bytes) => Uint8Array.from({ length: bytes }, () => 1 + Math.floor(random() * 255));
  const traceId = id(16);
  const startNs = BigInt(Date.now() - 60_000) * 1_000_000n;
  const spans = [];
  for (let i = 0; i < count; i++) {
    const parent = i === 0 ? undefined : spans[Math.max(0, i - 1 - Math.floor(random() * 30))];
    const start = startNs + BigInt(i) * 100_000n;
    spans.push(createSpan(traceId, id(8), parent, start, i, random));
  }
  for (let at = 0; at < count; at += SPANS_PER_BODY) {
    const body = encodeTraces({ resourceSpans: byService(spans.slice(at, at + SPANS_PER_BODY)) });
    const headers = { 'content-type': 'application/x-protobuf' };
    const response = await fetch(`${url}/v1/traces`, { method: 'POST', headers, body });
    if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  }
  return Buffer.from(traceId).toString('hex');
}

function createSpan(traceId, spanId, parent, start, i, random) {
  const lasts = i === 0 ? 12_000_000_000n : BigInt(Math.floor(1e5 * 10 ** (random() * 3)));
  return {
    service: i === 0 ? 0 : Math.floor(random() * SERVICES),
    traceId,
    spanId,
    traceState: '',
    parentSpanId: parent?.spanId ?? new Uint8Array(0),
    name: i === 0 ? 'POST /batch' : `step ${i % 200}`,
    kind: 1,
    startTimeUnixNano: start,
    endTimeUnixNano: start + lasts,
    attributes: [],
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: { code: random() < 0.005 ? 2 : 0, message: '' },
    flags: 1,
    marks: 0,
  };
}

function byService(spans) {
  return Array.from({ length: SERVICES }, (_, service) => ({
    resource: {
      attributes: [{ key: 'service.name', value: { type: 'string', value: `service-${service}` } }],
      droppedAttributesCount: 0,
    },
    scopeSpans: [
      {
        scope: { name: 'bench', version: '', attributes: [], droppedAttributesCount: 0 },
        spans: spans.filter((span) => span.service === service),
        schemaUrl: '',
      },
    ],
    schemaUrl: '',
  }));
}

const round = (value) => Math.round(value * 100) / 100;
