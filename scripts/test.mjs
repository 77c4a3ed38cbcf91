/**
 * `npm test`: everything that must hold, in the order in which a failure is cheapest to learn.
 *
 * Format and lint, types (sources and tests), then the vitest projects: unit and cases, the real
 * engine, the whole system, a real browser, and the kill loops. Ends with one line of totals.
 *
 *   node scripts/test.mjs [--only unit,engine,…]
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from './chromium.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const node = process.execPath;
const out = mkdtempSync(join(tmpdir(), 'clew-test-'));

const tool = (path) => join(root, 'node_modules', path);
const vitest = (project) => [
  node,
  tool('vitest/vitest.mjs'),
  'run',
  '--project',
  project,
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${join(out, `${project}.json`)}`,
];

const STAGES = [
  { name: 'lint', command: [tool('.bin/biome'), 'check', '.'] },
  { name: 'types', command: [node, tool('typescript/bin/tsc'), '-p', 'tsconfig.tests.json'] },
  { name: 'unit', command: vitest('unit') },
  { name: 'engine', command: vitest('engine') },
  { name: 'system', command: vitest('system') },
  { name: 'screen', command: vitest('screen'), needsBrowser: true },
  { name: 'crash', command: vitest('crash') },
];

process.exitCode = await main();

async function main() {
  const only = wantedStages();
  const totals = { passed: 0, failed: 0, skipped: 0 };
  const notes = [];
  for (const stage of STAGES.filter(({ name }) => only.length === 0 || only.includes(name))) {
    const env = { ...process.env };
    if (stage.needsBrowser) {
      const browser = chromium();
      if ('reason' in browser) {
        notes.push(`Skipped the browser tests: ${browser.reason}.`);
        continue;
      }
      env.CLEW_CHROMIUM = browser.path;
    }
    const code = await run(stage, env);
    add(totals, stage.name, code);
  }
  rmSync(out, { recursive: true, force: true });
  for (const note of notes) process.stdout.write(`${note}\n`);
  const { passed, failed, skipped } = totals;
  const skippedPart = skipped > 0 ? `, ${skipped} skipped` : '';
  process.stdout.write(`\n${passed} passed, ${failed} failed${skippedPart}\n`);
  return failed > 0 ? 1 : 0;
}

function wantedStages() {
  const at = process.argv.indexOf('--only');
  const names = at < 0 ? [] : (process.argv[at + 1] ?? '').split(',');
  const unknown = names.filter((name) => !STAGES.some((stage) => stage.name === name));
  if (unknown.length === 0) return names;
  const known = STAGES.map(({ name }) => name).join(', ');
  process.stderr.write(`--only: found ${unknown.join(', ')}, wanted some of: ${known}\n`);
  process.exit(2);
}

function run({ name, command }, env) {
  const start = Date.now();
  process.stdout.write(`\n── ${name} ──\n`);
  return new Promise((resolve) => {
    const child = spawn(command[0], command.slice(1), { cwd: root, env, stdio: 'inherit' });
    child.on('error', (error) => {
      process.stderr.write(`${command[0]}: ${error.message}\n`);
      resolve(1);
    });
    child.on('close', (code) => {
      process.stdout.write(`── ${name}: ${((Date.now() - start) / 1000).toFixed(1)} s ──\n`);
      resolve(code ?? 1);
    });
  });
}

/** Adds a stage's counts. A stage without a vitest report counts as one check. */
function add(totals, name, code) {
  const report = join(out, `${name}.json`);
  if (!existsSync(report)) {
    totals[code === 0 ? 'passed' : 'failed'] += 1;
    return;
  }
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  totals.passed += numPassedTests;
  totals.failed += Math.max(numFailedTests, code === 0 ? 0 : 1);
  totals.skipped += numPendingTests;
}
