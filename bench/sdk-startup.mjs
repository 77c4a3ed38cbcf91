/** What `--import @clew/sdk/register` adds to the start of a program, beside the stock set's. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from './sdk-provider.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const few = { OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http,undici' };
const CASES = {
  bare: { flags: [], env: {} },
  ours: { flags: ['--import', '@clew/sdk/register'], env: { ...few, CLEW_HTTP: 'channels' } },
  oursWithStockPackages: { flags: ['--import', '@clew/sdk/register'], env: few },
  theirs: { flags: ['--require', '@opentelemetry/auto-instrumentations-node/register'], env: {} },
};

/** Milliseconds until the program's first line, less those without a tracer. */
export function startup({ runs = 9 } = {}) {
  const found = Object.fromEntries(Object.keys(CASES).map((key) => [key, []]));
  for (let at = 0; at < runs; at += 1) {
    for (const [key, { flags, env }] of Object.entries(CASES)) {
      const args = [...flags, '--eval', 'process.stdout.write(String(performance.now()))'];
      const options = {
        cwd: here,
        encoding: 'utf8',
        env: {
          ...process.env,
          OTEL_LOG_LEVEL: 'none',
          OTEL_METRICS_EXPORTER: 'none',
          OTEL_LOGS_EXPORTER: 'none',
          ...env,
        },
      };
      found[key].push(Number(/[\d.]+$/.exec(execFileSync(process.execPath, args, options))[0]));
    }
  }
  const bare = median(found.bare);
  const added = (key) => ({ ms: Math.round(median(found[key]) - bare) });
  return {
    ours: added('ours'),
    oursWithStockPackages: added('oursWithStockPackages'),
    theirs: added('theirs'),
  };
}
