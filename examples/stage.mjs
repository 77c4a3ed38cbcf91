/**
 * The processes of an example: real ones, each with its service name and the address of the collector in the
 * environment, and none of them outlives the stage.
 *
 * A program says that it is ready by a line on standard output, so that Node and Python are alike.
 * Never knows: what an example does. The types are in stage.d.mts.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const READY = /^ready (\S+)$/m;
const TRACE = /^trace ([0-9a-f]{32}) (.+)$/gm;
const MS_MAX = 20_000;
const KEEPER = fileURLToPath(new URL('./keeper.mjs', import.meta.url));
const END_MS_MAX = 8_000;
const OUTPUT_CHARS_MAX = 1_000_000;
/** Fast enough that a reader sees a trace at once; the default is five seconds. */
const FLUSH_MS = '250';

/** A process whose parent was killed ends, too. */
export const END_WITH_PARENT = new URL('./end-with-parent.mjs', import.meta.url).href;

export async function createStage({ endpoint, log }) {
  const folder = await mkdtemp(join(tmpdir(), 'clew-example-'));
  const children = new Set();
  let isOver = false;
  const open = (service, program, options) => {
    if (isOver) throw new Error(`${service} cannot start: the example is over`);
    const child = launch(service, program, { endpoint, ...options });
    children.add(child);
    child.once('close', () => children.delete(child));
    return { child, output: outputOf(child) };
  };
  return {
    endpoint,
    folder,
    log,
    async start(service, program, options = {}) {
      const { child, output } = open(service, program, options);
      const url = await readyLine(service, child, output, options);
      return { service, pid: child.pid, url, output: output.all, stop: () => end(child) };
    },
    async play(service, program, options = {}) {
      const { child, output } = open(service, program, options);
      const late = setTimeout(() => child.kill('SIGKILL'), options.msMax ?? MS_MAX);
      const { code, signal } = await closed(child);
      clearTimeout(late);
      if (code !== 0) throw failed(service, signal ?? `code ${code}`, output);
      return printed(output.out());
    },
    async stop() {
      isOver = true;
      await Promise.all([...children].map(end));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function printed(out) {
  const traces = [...out.matchAll(TRACE)].map(([, traceId, title]) => ({ title, traceId }));
  return { lines: out.split('\n').filter(Boolean), traces };
}

function launch(service, program, { endpoint, env = {}, nodeFlags = [], args = [] }) {
  const [more, cwd] =
    program instanceof URL
      ? [
          ['--import', END_WITH_PARENT, ...nodeFlags, fileURLToPath(program)],
          // Where instrumentation packages are looked for.
          dirname(fileURLToPath(program)),
        ]
      : [[KEEPER, ...program], undefined];
  return spawn(process.execPath, [...more, ...args], {
    cwd,
    env: {
      ...process.env,
      OTEL_BSP_SCHEDULE_DELAY: FLUSH_MS,
      OTEL_SERVICE_NAME: service,
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

function outputOf(child) {
  let out = '';
  let all = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    out = (out + text).slice(-OUTPUT_CHARS_MAX);
    all = (all + text).slice(-OUTPUT_CHARS_MAX);
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    all = (all + text).slice(-OUTPUT_CHARS_MAX);
  });
  return { out: () => out, all: () => all };
}

function readyLine(service, child, output, { ready = READY, msMax = MS_MAX }) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      reject(failed(service, `no sign of being ready within ${msMax} ms`, output));
      void end(child);
    }, msMax);
    const look = () => {
      const found = ready.exec(output.all());
      if (found === null) return;
      clearTimeout(late);
      resolve(found[1]);
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(late);
      reject(failed(service, signal ?? `code ${code}`, output));
    });
  });
}

function closed(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
}

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const over = closed(child);
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), END_MS_MAX);
  await over;
  clearTimeout(late);
}

function failed(service, how, output) {
  return new Error(`${service} ended: ${how}\n${output.all().trim().slice(-2_000)}`);
}
