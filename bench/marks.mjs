/**
 * All benchmarks, one after the other, held against the marks: prints a table with the machine's name.
 *
 *   npm run bench -- marks [--seconds 300] [--spans 10000000]
 *
 * Also writes bench/out/marks.md. A mark that is a ratio compares figures of one run.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('main.mjs', import.meta.url));
const OUT = new URL('out/marks.md', import.meta.url);

export const name = 'marks';
export const says = 'every benchmark, held against the marks';

/** @param {{ seconds?: number, spans?: number }} options */
export async function run({ seconds = 300, spans = 10_000_000 } = {}) {
  const walk = measure('walk');
  const load = measure('load');
  const ingest = measure('ingest', ['--seconds', String(seconds)]);
  const query = measure('query', ['--spans', String(spans)]);
  const screen = measure('screen');
  const start = measure('start');
  const rows = marks({ walk, load, ingest, query, screen, start });
  const table = ['| what | mark | measured |', '|---|---|---|', ...rows.map(line)].join('\n');
  mkdirSync(new URL('.', OUT), { recursive: true });
  writeFileSync(OUT, `${table}\n`);
  process.stderr.write(`${table}\n`);
  return { walk, load, ingest, query, screen, start };
}

function measure(bench, flags = []) {
  process.stderr.write(`measuring ${bench} …\n`);
  const stdio = ['ignore', 'pipe', 'inherit'];
  const out = execFileSync(process.execPath, [MAIN, bench, ...flags], { encoding: 'utf8', stdio });
  return JSON.parse(out.slice(out.indexOf('{'))).result;
}

function marks({ walk, load, ingest, query, screen, start }) {
  const { cpuMicrosPerSpan: cost } = ingest.walk;
  const { full, steady, searchableMs } = ingest;
  const ratio = (cost.all / load.bare.loadMicrosPerSpan).toFixed(2);
  const slowest = Math.max(
    query.latestByService.p95Ms,
    query.latestByStatus.p95Ms,
    query.latestByAttribute.p95Ms,
  );
  return [
    ['structural walk', '–', `${(walk.nsPerSpan / 1000).toFixed(2)} µs per span`],
    [
      'load statement alone: bare, with views',
      '–',
      `${load.bare.loadMicrosPerSpan} µs, ${load.withViews.loadMicrosPerSpan} µs`,
    ],
    ['collector process CPU per span', '≤ 2.5 µs', `${cost.collector} µs`],
    [
      'whole system CPU per span, socket to queryable',
      '≤ 1.6 × load statement, ≤ 10 µs',
      `${ratio} ×, ${cost.all} µs (merges apart)`,
    ],
    [
      `sustained ingest with a query stream`,
      '≥ 90,000 spans/s, merges included ≤ 14 µs',
      `${full.spansPerSecond.toLocaleString('en')} spans/s, ${full.cpuMicrosPerSpan.all} µs, ${full.refused} refused`,
    ],
    [
      'acknowledgement p99 at 20,000 spans/s',
      '≤ 20 ms',
      `${steady.ackMs.p99.toFixed(1)} ms (p50 ${steady.ackMs.p50.toFixed(1)})`,
    ],
    [
      'searchable after acknowledgement',
      '≤ 2 s',
      `${searchableMs.max} ms at most, p50 ${searchableMs.p50}`,
    ],
    [
      'memory idle / under load',
      '≤ 450 MiB / ≤ 1.5 GiB',
      `${ingest.idleMiB} MiB / ${full.peakMiB} MiB peak`,
    ],
    ['disk', '≤ 65 bytes/span', `${ingest.diskBytesPerSpan} bytes/span`],
    [
      `trace by id at ${query.spans.toLocaleString('en')} spans, p95`,
      '≤ 60 ms',
      `${query.traceColumns.p95Ms} ms`,
    ],
    ['latest-20 by service, status, attribute, p95', '≤ 250 ms', `${slowest} ms at most`],
    ['100,000-span trace: first rows', '< 1 s', `${screen.firstRowsMs.median} ms`],
    ['100,000-span trace: late frames while scrolling', '≤ 3 %', `${screen.scroll.latePercent} %`],
    ['cold start to ready', '≤ 3 s', `${start.emptyMs} ms, on a used folder ${start.usedMs} ms`],
  ];
}

const line = (cells) => `| ${cells.join(' | ')} |`;
