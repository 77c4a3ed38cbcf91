/** The packages as `npm pack` makes them, in a directory that has nothing else but the API. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { cleanUp, root, run } from './program.ts';

const repository = join(root, '../..');
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'clew-packed-'));
  const packages = ['wire', 'sdk'].flatMap((name) => ['-w', `packages/${name}`]);
  const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder, ...packages];
  execFileSync('npm', args, { cwd: repository, stdio: 'ignore' });
  for (const name of ['wire', 'sdk']) {
    const to = join(folder, 'node_modules/@clew', name);
    mkdirSync(to, { recursive: true });
    const archive = readdirSync(folder).find((file) => file.startsWith(`clew-${name}-`));
    execFileSync('tar', ['xzf', join(folder, archive as string), '-C', to, '--strip-components=1']);
  }
  // Its entry is build/src/index.js.
  const api = join(createRequire(import.meta.url).resolve('@opentelemetry/api'), '../../..');
  const options = { recursive: true, dereference: true };
  cpSync(api, join(folder, 'node_modules/@opentelemetry/api'), options);
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(cleanUp);

const named = (spans: readonly { name: string }[]) => spans.map(({ name }) => name);

it('the first program of the README sends its span', async () => {
  const readme = readFileSync(join(repository, 'docs/sdk/README.md'), 'utf8');
  const [, source = ''] = /```ts\n([^`]*start\([^`]*)```/.exec(readme) ?? [];
  const { spans, resources, code } = await run({
    source,
    flags: ['--input-type=module'],
    cwd: folder,
  });
  expect(code).toBe(0);
  expect(named(spans)).toEqual(['place order']);
  expect(resources[0]).toMatchObject({ 'service.name': 'orders' });
});

it('one line traces HTTP and fetch without any instrumentation package', async () => {
  const source = `const server = require('node:http').createServer((_, response) => response.end());
    server.listen(0, '127.0.0.1', async () => {
      await (await fetch('http://127.0.0.1:' + server.address().port)).text();
      server.close();
      server.closeAllConnections();
    });`;
  for (const how of ['--import', '--require']) {
    const flags = [how, '@clew/sdk/register'];
    const { spans, out } = await run({
      source,
      flags,
      cwd: folder,
      env: { OTEL_LOG_LEVEL: 'info' },
    });
    expect(spans.map(({ kind }) => kind).sort(), out).toEqual([2, 3]);
    expect(out).toBe('');
  }
});

it('needs gRPC only where it is asked for, and then says what to install', async () => {
  const source = "require('@opentelemetry/api').trace.getTracer('t').startSpan('x').end();";
  const env = { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_LOG_LEVEL: 'error' };
  const { code, out } = await run({
    source,
    flags: ['--import', '@clew/sdk/register'],
    cwd: folder,
    env,
  });
  expect(code).toBe(0);
  expect(out).toContain('@grpc/grpc-js');
});
