import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { partsWith } from '../test/parts.ts';
import { buildServer } from './server.ts';

const dir = mkdtempSync(join(tmpdir(), 'clew-screen-'));
const webRoot = join(dir, 'app');
const page = '<!doctype html><title>Clew</title>';

mkdirSync(join(webRoot, 'assets'), { recursive: true });
writeFileSync(join(webRoot, 'index.html'), page);
writeFileSync(join(webRoot, 'theme.js'), 'document.title');
writeFileSync(join(webRoot, 'assets', 'main-abc123.js'), 'export {}');
writeFileSync(join(webRoot, 'assets', 'main-abc123.js.gz'), gzipSync('export {}'));
writeFileSync(join(dir, 'secret.txt'), 'secret');

const app = await buildServer(partsWith({ webRoot }));
const bare = await buildServer(partsWith());
const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

beforeAll(() => app.ready());
afterAll(async () => {
  await Promise.all([app.close(), bare.close()]);
  rmSync(dir, { recursive: true, force: true });
});

const get = (url: string, headers: Record<string, string> = {}) =>
  app.inject({ url, headers: { host: 'localhost', ...headers } });

test.each(['/', '/explore?service=cart', '/trace/0af7651916cd43dd8448eb211c80319c', '/index.html'])(
  '%s opens the page',
  async (url) => {
    const answer = await get(url, html);
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toBe(page);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
    });
  },
);

test('files with a hash in their name are kept forever, others are asked for anew', async () => {
  const hashed = await get('/assets/main-abc123.js');
  expect(hashed.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  expect(hashed.headers['content-type']).toMatch(/javascript/);
  expect((await get('/theme.js')).headers['cache-control']).toBe('no-cache');
});

test('a file compressed by the build is sent as it is', async () => {
  const answer = await get('/assets/main-abc123.js', { 'accept-encoding': 'gzip' });
  expect(answer.headers['content-encoding']).toBe('gzip');
  expect(answer.rawPayload).toEqual(gzipSync('export {}'));
});

test('an unchanged page is not sent again', async () => {
  const { etag } = (await get('/', html)).headers;
  const answer = await get('/', { ...html, 'if-none-match': String(etag) });
  expect([answer.statusCode, answer.body]).toEqual([304, '']);
});

describe('is no page', () => {
  test.each([
    ['/assets/gone-123.js', { accept: '*/*' }, 'no-such-path'],
    ['/explore', {}, 'no-such-path'],
    ['/api/v1/nothing', html, 'no-such-path'],
    ['/api/v2', html, 'no-such-path'],
  ])('%s', async (url, headers, code) => {
    const answer = await get(url, headers as Record<string, string>);
    expect(answer.statusCode).toBe(404);
    expect(answer.json().error.code).toBe(code);
  });
});

test.each([
  '/../secret.txt',
  '/%2e%2e/secret.txt',
  '/assets/..%2f..%2fsecret.txt',
  '/..%5csecret.txt',
])('%s does not leave the folder', async (url) => {
  const answer = await get(url);
  expect(answer.statusCode).toBeGreaterThanOrEqual(400);
  expect(answer.body).not.toContain('secret\n');
  expect(answer.payload.includes('secret') && answer.statusCode === 200).toBe(false);
});

test('without a build the answer says how to get one', async () => {
  const answer = await bare.inject({ url: '/', headers: { host: 'localhost', ...html } });
  expect(answer.statusCode).toBe(404);
  expect(answer.json().error).toMatchObject({ code: 'no-screen' });
  expect(answer.json().error.hint).toContain('npm run build');
});

test('no page runs scripts that stand in it, and nothing from elsewhere', async () => {
  const { headers } = await get('/', html);
  const policy = String(headers['content-security-policy']);
  const scripts = policy.split('; ').find((rule) => rule.startsWith('script-src'));
  expect(scripts).toBe("script-src 'self'");
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/unsafe-eval|https?:/);
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
  });
});
