/** Starts the processes of the SDK's benchmarks, and reads what they say. */
import { execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const path = (file) => fileURLToPath(new URL(file, import.meta.url));

/** The JSON that `file` prints when it is run with the arguments. */
export async function measured(file, args, flags = []) {
  const all = [...flags, path(file), ...args.map(String)];
  const { stdout } = await promisify(execFile)(process.execPath, all, { timeout: 280_000 });
  return JSON.parse(stdout);
}

/** Runs `work` with the port of a server that `file` starts and prints. */
export async function besides(file, args, work) {
  const child = spawn(process.execPath, [path(file), ...args.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const port = await new Promise((resolve, reject) => {
      child.stdout.once('data', (text) => resolve(Number(text)));
      child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`)));
    });
    return await work(port, child);
  } finally {
    child.kill();
  }
}
