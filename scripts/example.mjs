/**
 * `npm run example -- NAME`: plays one of the examples and shows where to look.
 *
 * It takes the Clew at the default address, starts one when nobody answers there, or takes `--clew URL`
 * (the address of its screen and API). Then it stays until Ctrl-C, so that the traces can be looked at;
 * `--once` ends as soon as the example is done, `--json` prints one line for programs.
 * Never knows: what an example does; that is examples/NAME/src/index.ts.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createStage, END_WITH_PARENT } from '../examples/stage.mjs';

const examples = new URL('../examples/', import.meta.url);
const clew = fileURLToPath(new URL('../packages/cli/bin/clew.js', import.meta.url));
const DEFAULT_URL = `http://${process.env.CLEW_LISTEN_UI ?? '127.0.0.1:16686'}`;
const TOLD_CHARS_MAX = 2_000;
const ASK_MS_MAX = 2_000;
/** What a process has ended is sent every 250 ms; the rest is the way to the store. */
const ARRIVES_MS = 1_000;
/** Of each trace, so that a long one leaves the others on the screen. */
const ROWS = '30';

// Whoever reads may have seen enough (`| head`); the programs of the example still have to be ended.
process.stdout.on('error', () => process.kill(process.pid, 'SIGTERM'));
process.exitCode = await main();

async function main() {
  const wanted = wantedExample();
  if ('problem' in wanted) {
    process.stderr.write(`${wanted.problem}\n\n${usage()}\n`);
    return 2;
  }
  try {
    return await show(wanted);
  } catch (error) {
    process.stderr.write(`✕ ${error.message}\n`);
    return 1;
  }
}

async function show({ name, url, isOnce, isJson }) {
  const say = (line) => (isJson ? process.stderr : process.stdout).write(`${line}\n`);
  const interrupted = signalled();
  const server = await findOrStartClew(url, say);
  const stage = await createStage({ endpoint: server.otlpUrl, log: say });
  try {
    const { run } = await import(new URL(`${name}/dist/index.js`, examples).href);
    const played = await Promise.race([run(stage), interrupted.then(() => undefined)]);
    if (played === undefined) return 130;
    if (isOnce) await stage.stop();
    else await sleep(ARRIVES_MS);
    if (isJson) printJson({ example: name, clew: server.uiUrl, ...played });
    else await tell(played, { ...server, isOnce }, say);
    if (isOnce || played.skipped !== undefined) return 0;
    say('Ctrl-C ends it.');
    await interrupted;
    return 0;
  } finally {
    await stage.stop();
    await server.stop();
  }
}

function printJson(value) {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

function wantedExample() {
  const options = {
    clew: { type: 'string' },
    once: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  };
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    if (values.help || positionals.length === 0) return { problem: 'Which example?' };
    const [name] = positionals;
    if (!names().some((known) => known.name === name)) {
      return { problem: `found "${name}", wanted the name of an example` };
    }
    if (!existsSync(new URL(`${name}/dist/index.js`, examples))) {
      return { problem: `examples/${name} is not built: run npx tsc -b` };
    }
    return { name, url: values.clew, isOnce: values.once, isJson: values.json };
  } catch (error) {
    return { problem: error.message };
  }
}

/** Examples are packages named @clew/example-…; the shop has a command of its own. */
function names() {
  return readdirSync(examples, { withFileTypes: true })
    .map(({ name }) => ({ name, file: new URL(`${name}/package.json`, examples) }))
    .filter(({ file }) => existsSync(file))
    .map(({ name, file }) => ({ name, told: JSON.parse(readFileSync(file, 'utf8')) }))
    .filter(({ told }) => told.name.startsWith('@clew/example-'))
    .map(({ name, told }) => ({ name, description: told.description }));
}

function usage() {
  return [
    'usage: npm run example -- NAME [--clew URL] [--once] [--json]',
    '',
    ...names().map(({ name, description }) => `  ${name.padEnd(14)}${description}`),
  ].join('\n');
}

async function findOrStartClew(url, say) {
  const target = url ?? DEFAULT_URL;
  const found = await listenersOf(target);
  if (found !== undefined)
    return { uiUrl: target, otlpUrl: otlpOf(found, target), stop: async () => {} };
  // A server that was named must be there; the usual place may well be empty.
  if (url !== undefined)
    throw new Error(`no Clew answers at ${url}: start one, or leave --clew out`);
  return startClew(say);
}

async function listenersOf(url) {
  try {
    const signal = AbortSignal.timeout(ASK_MS_MAX);
    const response = await fetch(new URL('/api/v1/status', url), { signal });
    return response.ok ? ((await response.json()).listeners ?? []) : undefined;
  } catch {
    return undefined;
  }
}

function otlpOf(listeners, url) {
  const otlp = listeners.find(({ name }) => name === 'otlp_http');
  if (otlp !== undefined) return otlp.url;
  throw new Error(
    `the Clew at ${url} takes no OTLP/HTTP: start it with --listen.otlp_http 127.0.0.1:4318`,
  );
}

async function startClew(say) {
  // In a group of its own: Ctrl-C must reach the example first, so that its last spans are taken.
  const child = spawn(process.execPath, ['--import', END_WITH_PARENT, clew, 'serve', '--json'], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  });
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    told = (told + text).slice(-TOLD_CHARS_MAX);
  });
  const gone = once(child, 'close');
  const failed = gone.then(([code]) => {
    throw new Error(`clew serve ended with code ${code}\n${told.trim()}`);
  });
  failed.catch(() => undefined);
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    failed,
  ]);
  const { listeners } = JSON.parse(line);
  say(`✓ Clew is at ${listeners.ui.url}`);
  return {
    uiUrl: listeners.ui.url,
    otlpUrl: listeners.otlp_http.url,
    stop: async () => {
      child.kill('SIGTERM');
      await gone;
    },
  };
}

/** The pictures in the terminal, then where they are on the screen. */
async function tell({ traces, look, urls = {}, skipped }, { uiUrl, isOnce }, say) {
  if (skipped !== undefined) return say(`– skipped: ${skipped}`);
  for (const { title, traceId } of traces) {
    say(`\n── ${title}`);
    const args = ['trace', traceId, '--server', uiUrl, '--rows', ROWS];
    const child = spawn(process.execPath, [clew, ...args], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    await once(child, 'close');
  }
  say('\nlook for');
  for (const line of look) say(`  · ${line}`);
  if (isOnce) return;
  for (const [name, url] of Object.entries(urls)) say(`  ${name.padEnd(14)}${url}`);
}

/** Resolves at the first Ctrl-C or SIGTERM. npm passes Ctrl-C on a second time: the end goes its way all the same. */
function signalled() {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, resolve);
  });
}
