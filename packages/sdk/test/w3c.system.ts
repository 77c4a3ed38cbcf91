/**
 * The public conformance harness of W3C Trace Context on the SDK. It is not part of this repository:
 * W3C_TRACE_CONTEXT names its folder `test`, W3C_PYTHON a Python that has aiohttp (docs/sdk/w3c.md).
 */
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const folder = process.env['W3C_TRACE_CONTEXT'] ?? '';
const python = process.env['W3C_PYTHON'] ?? 'python3';
const isHere = folder !== '' && existsSync(join(folder, 'test.py'));

it.skipIf(!isHere)('K3 passes 41 of 41 (needs W3C_TRACE_CONTEXT, its harness)', async () => {
  const service = spawn(process.execPath, [join(import.meta.dirname, 'w3c-service.mjs'), '0']);
  const address = await new Promise<string>((resolve) => {
    service.stdout.once('data', (text) => resolve(String(text)));
  });
  const { port } = JSON.parse(address) as { port: number };
  const env = {
    ...process.env,
    HARNESS_PORT: String(await freePort()),
    STRICT_LEVEL: '2',
    SPEC_LEVEL: '2',
  };
  const said = await new Promise<string>((resolve) => {
    const args = ['test.py', `http://127.0.0.1:${port}/test`];
    execFile(python, args, { cwd: folder, env }, (_, __, error) => resolve(error));
  });
  service.kill();
  expect(said).toMatch(/Ran 41 tests/);
  expect(said).toMatch(/\nOK\n/);
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
