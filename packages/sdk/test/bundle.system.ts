/** A small application, bundled by the real esbuild and the real Vite, and its spans. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Span } from '@clew/wire';
import { decodeTraces } from '@clew/wire/decode';
import { build as bundle, type Format } from 'esbuild';
import { build as viteBuild } from 'vite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clewEsbuild } from '../src/esbuild.ts';
import { clewVite } from '../src/vite.ts';
import { root } from './program.ts';

let folder = '';
beforeEach(() => {
  // Inside the package, where its dependencies are found.
  folder = mkdtempSync(join(root, 'bundle-'));
  mkdirSync(join(folder, 'src'));
  writeFileSync(join(folder, 'src/app.mjs'), APP);
  writeFileSync(join(folder, 'src/app.cjs'), COMMON);
});
afterEach(() => rmSync(folder, { recursive: true }));

const SERVE = `
const server = app.listen(0, '127.0.0.1', async () => {
  await (await fetch('http://127.0.0.1:' + server.address().port + '/users/7')).text();
  server.close();
  server.closeAllConnections();
});`;
// Bundlers rename functions, so a span that is called after one says its name.
const APP = `
import express, { Router } from 'express';
import { traced } from '@clew/sdk';
const load = traced(function load(id) { return { id }; }, { name: 'load' });
const app = express();
app.use(new Router().get('/users/:id', (request, response) => response.json(load(request.params.id))));
${SERVE}`;
const COMMON = `
const express = require('express');
const { traced } = require('@clew/sdk');
const load = traced(function load(id) { return { id }; }, { name: 'load' });
const app = express();
app.get('/users/:id', (request, response) => response.json(load(request.params.id)));
${SERVE}`;

/** Runs a bundle with a receiver beside it; answers its spans. */
async function spansOf(file: string): Promise<Span[]> {
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
  const { port } = server.address() as AddressInfo;
  const env = {
    ...process.env,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http,undici,express',
    OTEL_LOG_LEVEL: 'none',
  };
  const error = await new Promise<string>((resolve) =>
    execFile(process.execPath, [file], { cwd: folder, env, timeout: 30_000 }, (_, __, said) =>
      resolve(said),
    ),
  );
  server.close();
  server.closeAllConnections();
  expect(error).toBe('');
  return spans;
}

/** The server's span has the route, and what express and the handler did is in its trace. */
function expectTraced(spans: readonly Span[]): void {
  const names = spans.map(({ name }) => name);
  expect(names).toContain('GET /users/:id');
  expect(names).toContain('load');
  expect(names).toContain('request handler');
  expect(new Set(spans.map(({ traceId }) => Buffer.from(traceId).toString('hex'))).size).toBe(1);
}

describe('bundled by esbuild', () => {
  const cases: readonly [from: string, format: Format, to: string][] = [
    ['app.mjs', 'esm', 'app.mjs'],
    ['app.mjs', 'cjs', 'app.cjs'],
    ['app.cjs', 'cjs', 'app.cjs'],
  ];
  for (const [from, format, to] of cases) {
    it(`${from} as ${format} is instrumented`, async () => {
      const outfile = join(folder, 'dist', to);
      await bundle({
        entryPoints: [join(folder, 'src', from)],
        outfile,
        bundle: true,
        platform: 'node',
        format,
        logLevel: 'silent',
        plugins: [clewEsbuild()],
      });
      expect(readFileSync(outfile, 'utf8')).not.toContain('node_modules/express/lib');
      expectTraced(await spansOf(outfile));
    });
  }
});

describe('bundled by Vite', () => {
  it('is instrumented', async () => {
    await viteBuild({
      root: folder,
      logLevel: 'silent',
      configFile: false,
      plugins: [clewVite()],
      ssr: { noExternal: true },
      build: {
        ssr: join(folder, 'src/app.mjs'),
        outDir: join(folder, 'dist'),
        minify: false,
        rollupOptions: { output: { entryFileNames: 'app.mjs' } },
      },
    });
    expectTraced(await spansOf(join(folder, 'dist/app.mjs')));
  });
});
