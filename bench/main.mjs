/**
 * Runs a benchmark, or one benchmark on two revisions side by side.
 *
 *   npm run bench -- NAME [--option value …]
 *   npm run bench -- NAME REVISION REVISION [--rounds 3]
 *
 * Results are printed as they come and written to bench/out/NAME.json. These machines are shared:
 * read ratios within one run, not times between runs.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NAMES = [
  'walk',
  'load',
  'ingest',
  'query',
  'screen',
  'start',
  'sdk',
  'forward',
  'receivers',
  'marks',
];
const root = fileURLToPath(new URL('..', import.meta.url));

const { names, options } = readArguments(process.argv.slice(2));
const [bench, ...revisions] = names;
if (!NAMES.includes(bench) || ![0, 2].includes(revisions.length)) {
  process.stderr.write(
    `Found ${names.join(' ') || 'nothing'}, wanted one of ${NAMES.join(', ')}, then no or two revisions.\n`,
  );
  process.exit(2);
}
if (revisions.length === 2) compare(bench, revisions, options);
else await runHere(bench, options);

async function runHere(name, given) {
  const { run } = await import(`./${name}.mjs`);
  const result = {
    bench: name,
    machine: machine(),
    node: process.version,
    result: await run(given),
  };
  const text = JSON.stringify(result, null, 2);
  mkdirSync(join(root, 'bench/out'), { recursive: true });
  writeFileSync(join(root, `bench/out/${name}.json`), `${text}\n`);
  process.stdout.write(`${text}\n`);
  // With the exit code that a missed mark has set.
  process.exit();
}

/** Alternates the revisions, so that a noisy minute falls on both. */
function compare(name, [left, right], given) {
  const rounds = given.rounds ?? 3;
  const trees = [left, right].map(prepare);
  try {
    const results = trees.map(() => []);
    for (let round = 0; round < rounds; round++) {
      for (const [at, tree] of trees.entries()) results[at].push(flatten(runIn(tree, name, given)));
    }
    print([left, right], results);
  } finally {
    for (const tree of trees)
      execFileSync('git', ['worktree', 'remove', '--force', tree], { cwd: root });
  }
}

function prepare(revision) {
  const tree = mkdtempSync(join(tmpdir(), 'clew-bench-tree-'));
  rmSync(tree, { recursive: true });
  execFileSync('git', ['worktree', 'add', '--detach', tree, revision], {
    cwd: root,
    stdio: 'ignore',
  });
  execFileSync(process.execPath, ['scripts/setup.mjs'], { cwd: tree, stdio: 'inherit' });
  return tree;
}

function runIn(tree, name, { rounds: _, ...given }) {
  const flags = Object.entries(given).flatMap(([key, value]) => [`--${key}`, String(value)]);
  const out = execFileSync(process.execPath, ['bench/main.mjs', name, ...flags], {
    cwd: tree,
    encoding: 'utf8',
  });
  return JSON.parse(out.slice(out.indexOf('{'))).result;
}

/** Every number of a result under a dotted name. */
function flatten(value, path = '') {
  if (typeof value === 'number') return { [path]: value };
  if (typeof value !== 'object' || value === null) return {};
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, inner]) => flatten(inner, path ? `${path}.${key}` : key)),
  );
}

function print([left, right], [leftRuns, rightRuns]) {
  const median = (runs, key) =>
    runs.map((run) => run[key]).sort((a, b) => a - b)[Math.floor(runs.length / 2)];
  process.stdout.write(
    `${'median'.padEnd(40)} ${left.padStart(14)} ${right.padStart(14)}   ratio\n`,
  );
  for (const key of Object.keys(leftRuns[0])) {
    const [a, b] = [median(leftRuns, key), median(rightRuns, key)];
    process.stdout.write(`${key.padEnd(40)} ${format(a)} ${format(b)}   ${(b / a).toFixed(2)}\n`);
  }
}

function format(value) {
  return String(Math.round(value * 100) / 100).padStart(14);
}

function machine() {
  return `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
}

function readArguments(argv) {
  const found = { names: [], options: {} };
  for (let at = 0; at < argv.length; at++) {
    if (argv[at].startsWith('--')) found.options[argv[at].slice(2)] = Number(argv[++at]);
    else found.names.push(argv[at]);
  }
  return found;
}
