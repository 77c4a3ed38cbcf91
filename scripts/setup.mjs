/**
 * Makes a fresh clone runnable: installs and builds what is missing or stale, then gets out of the way.
 *
 * Runs before `npm start`, `npm test` and `npm run demo`. It needs nothing but Node and npm, so it
 * may import only `node:` modules. A second run finds its stamps unchanged and does nothing.
 *
 * Never knows: what the packages do.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NODE_FLOOR = [20, 19];
const root = fileURLToPath(new URL('..', import.meta.url));
const stampDir = join(root, '.setup');
const isTerminal = process.stderr.isTTY === true;

await main();

async function main() {
  checkNode();
  mkdirSync(stampDir, { recursive: true });
  await step('install', 'Installing dependencies (npm ci)', ['package-lock.json'], {
    present: 'node_modules/.package-lock.json',
    run: () => runCommand('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']),
  });
  const sources = [...packageSources(), 'tsconfig.base.json', 'tsconfig.json', 'package-lock.json'];
  await step('types', 'Building the packages (tsc -b)', sources, {
    present: 'packages/cli/dist/main.js',
    run: () => runCommand(process.execPath, [bin('typescript', 'tsc'), '-b']),
  });
  await step('web', 'Building the user interface (vite build)', sources, {
    present: 'packages/web/dist/app/index.html',
    run: () =>
      runCommand(
        process.execPath,
        [bin('vite', 'vite'), 'build', '--logLevel', 'warn'],
        join(root, 'packages/web'),
      ),
  });
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const isOldEnough = major > NODE_FLOOR[0] || (major === NODE_FLOOR[0] && minor >= NODE_FLOOR[1]);
  if (isOldEnough) return;
  fail(
    `Found Node ${process.versions.node}; Clew needs ${NODE_FLOOR.join('.')} or newer. ` +
      'Install a current Node and run the command again.',
  );
}

/** Runs one step unless its inputs are those of the last success and its product is still there. */
async function step(name, title, inputs, { present, run }) {
  const stampFile = join(stampDir, name);
  const fingerprint = fingerprintOf(inputs);
  const last = existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : '';
  if (last === fingerprint && existsSync(join(root, present))) return;
  const done = showProgress(title);
  const { code, output } = await run();
  done(code === 0);
  if (code !== 0) fail(`${output.trim()}\n\n${title} failed with exit code ${code}.`);
  writeFileSync(stampFile, fingerprint);
}

/** A hash over the names, sizes and contents of the inputs, so a checkout that only touches times is no change. */
function fingerprintOf(paths) {
  const hash = createHash('sha256').update(process.version);
  for (const path of paths) hash.update(path).update(readFileSync(join(root, path)));
  return hash.digest('hex');
}

/** Every file that a build reads: sources, SQL, styles, package files. Tests are left out. */
function packageSources() {
  const found = [];
  for (const group of ['packages', 'examples']) collect(group, found);
  return found.sort();
}

function collect(dir, found) {
  for (const entry of readdirSync(join(root, dir), { withFileTypes: true })) {
    const path = `${dir}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!['node_modules', 'dist', 'test', 'cases', 'fixtures'].includes(entry.name)) {
        collect(path, found);
      }
    } else if (isBuildInput(entry.name) && statSync(join(root, path)).isFile()) {
      found.push(path);
    }
  }
}

function isBuildInput(name) {
  return /\.(ts|tsx|css|html|json|mjs|svg)$/.test(name) && !/\.test\.tsx?$/.test(name);
}

/** The script behind a dependency's command, so that no shell and no PATH is needed. */
function bin(dependency, command) {
  const home = join(root, 'node_modules', dependency);
  const declared = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')).bin;
  return join(home, typeof declared === 'string' ? declared : declared[command]);
}

function runCommand(command, args, cwd = root) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => resolve({ code: 1, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** One line per step: a moving clock in a terminal, start and end elsewhere. */
function showProgress(title) {
  const start = Date.now();
  const seconds = () => `${((Date.now() - start) / 1000).toFixed(0)} s`;
  if (!isTerminal) process.stderr.write(`${title} …\n`);
  const timer = isTerminal
    ? setInterval(() => process.stderr.write(`\r${title} … ${seconds()} `), 200)
    : undefined;
  return (ok) => {
    clearInterval(timer);
    process.stderr.write(`${isTerminal ? '\r' : ''}${ok ? '✓' : '✗'} ${title} (${seconds()})\n`);
  };
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
