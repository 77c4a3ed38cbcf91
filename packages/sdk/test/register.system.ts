/**
 * Whole programs under the built `@clew/sdk/register`, with a real receiver beside them.
 */
import { type ExecFileException, execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Span } from '@clew/wire';
import { decodeTraces } from '@clew/wire/decode';
import { afterEach, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const undo: (() => void)[] = [];
afterEach(() => {
  for (const one of undo.splice(0)) one();
});

/** Runs a program on the built package with a real receiver beside it. */
async function runProgram(
  source: string,
  flags: string[],
  signal?: NodeJS.Signals,
): Promise<{ spans: Span[]; code: number; ended: NodeJS.Signals | null }> {
  let ended: NodeJS.Signals | null = null;
  const spans: Span[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      for (const { scopeSpans } of decodeTraces(Buffer.concat(parts)).resourceSpans) {
        spans.push(...scopeSpans.flatMap((scope) => scope.spans));
      }
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  undo.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const childEnv = {
    ...process.env,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_LOG_LEVEL: 'none',
  };
  const code = await new Promise<number>((resolve) => {
    const done = (error: ExecFileException | null) => resolve(Number(error?.code ?? 0));
    const args = [...flags, source];
    const child = execFile(process.execPath, args, { cwd: root, env: childEnv }, done);
    if (signal !== undefined) child.stdout?.once('data', () => child.kill(signal));
    child.once('exit', (_, by) => {
      ended = by;
    });
  });
  return { spans, code, ended };
}

describe('node --import @clew/sdk/register', () => {
  const preload = ['--import', '@clew/sdk/register'];
  const span = "api.trace.getTracer('t').startSpan('x').end();";

  it('M7 works with --require too', async () => {
    const { spans } = await runProgram(`const api = require('@opentelemetry/api'); ${span}`, [
      '--require',
      '@clew/sdk/register',
      '--eval',
    ]);
    expect(spans.map(({ name }) => name)).toContain('x');
  });

  it('G11 loses nothing of a short program, as CommonJS', async () => {
    const { spans } = await runProgram(`const api = require('@opentelemetry/api'); ${span}`, [
      ...preload,
      '--eval',
    ]);
    expect(spans.map(({ name }) => name)).toContain('x');
  });

  it('loses nothing of a program that ends by an error, and keeps its exit code', async () => {
    const source = `import * as api from '@opentelemetry/api'; ${span} throw new Error('end');`;
    const { spans, code } = await runProgram(source, [...preload, '--input-type=module', '--eval']);
    expect(spans.map(({ name }) => name)).toContain('x');
    expect(code).toBe(1);
  });

  it('G11 loses nothing of a program that calls process.exit, and keeps its exit code', async () => {
    const source = `const api = require('@opentelemetry/api'); ${span} process.exit(3);`;
    const { spans, code } = await runProgram(source, [...preload, '--eval']);
    expect(spans.map(({ name }) => name)).toContain('x');
    expect(code).toBe(3);
  });

  it('G11 loses nothing of a program that rejects, and keeps its exit code', async () => {
    const source = `const api = require('@opentelemetry/api'); ${span} Promise.reject(new Error('no'));`;
    const { spans, code } = await runProgram(source, [...preload, '--eval']);
    expect(spans.map(({ name }) => name)).toContain('x');
    expect(code).toBe(1);
  });

  it('G11 loses nothing at SIGTERM, and dies of it', async () => {
    const source = `const api = require('@opentelemetry/api'); ${span}
      setInterval(() => {}, 1000); process.stdout.write('up');`;
    const { spans, ended } = await runProgram(source, [...preload, '--eval'], 'SIGTERM');
    expect(spans.map(({ name }) => name)).toContain('x');
    expect(ended).toBe('SIGTERM');
  });

  it('G11 exits as ever when nobody listens', async () => {
    const source = `import { start } from '@clew/sdk'; import * as api from '@opentelemetry/api';
      start({ otlp: { url: 'http://127.0.0.1:1/' } }); ${span} process.exit(4);`;
    const { code } = await runProgram(source, ['--input-type=module', '--eval']);
    expect(code).toBe(4);
  });

  it('instruments modules that are imported', async () => {
    const source = `import { createServer, get } from 'node:http';
      const server = createServer((_, response) => response.end()).listen(0, () =>
        get({ port: server.address().port }, (response) =>
          response.resume().on('end', () => server.close())));`;
    const { spans } = await runProgram(source, [...preload, '--input-type=module', '--eval']);
    expect(spans[0]?.attributes.length).toBeGreaterThan(0);
    expect(spans.map(({ kind }) => kind).sort()).toEqual([2, 3]);
  });
});
