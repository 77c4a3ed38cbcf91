import { describe, expect, test } from 'vitest';
import type { ApiError } from './errors.ts';
import { createGuard, hostName } from './guard.ts';

const receivers = 'http://127.0.0.1:4318';
const local = createGuard({ bound: '127.0.0.1', hosts: ['clew.test'], receivers });
const open = createGuard({ bound: '0.0.0.0', hosts: [], receivers });
const named = createGuard({ bound: '0.0.0.0', hosts: ['clew.test'], receivers });

type Asked = {
  method?: string;
  url?: string;
  headers?: Record<string, string>;
  takesPost?: boolean;
};

function verdict(guard: typeof local, asked: Asked): string {
  const { method = 'GET', url = '/', headers = {}, takesPost = false } = asked;
  try {
    guard.check({ method, url, headers: { host: 'localhost:16686', ...headers }, takesPost });
    return 'taken';
  } catch (error) {
    return (error as ApiError).code;
  }
}

describe('Host', () => {
  test.each([
    ['localhost:16686', 'taken', 'taken', 'host-refused'],
    ['LOCALHOST', 'taken', 'taken', 'host-refused'],
    ['clew.localhost:1', 'taken', 'taken', 'host-refused'],
    ['127.0.0.1:16686', 'taken', 'taken', 'taken'],
    ['127.9.9.9', 'taken', 'taken', 'taken'],
    ['[::1]:16686', 'taken', 'taken', 'taken'],
    ['clew.test', 'taken', 'taken', 'taken'],
    ['clew.test.', 'taken', 'taken', 'taken'],
    ['10.1.2.3:16686', 'host-refused', 'taken', 'taken'],
    ['evil.example', 'host-refused', 'taken', 'host-refused'],
    ['localhost.evil.example', 'host-refused', 'taken', 'host-refused'],
    ['127.0.0.1.evil.example', 'host-refused', 'taken', 'host-refused'],
    ['evil.example:80@localhost', 'host-refused', 'taken', 'host-refused'],
    ['', 'host-refused', 'taken', 'host-refused'],
  ])('%s: bound to loopback %s, to all %s, to all with names %s', (host, a, b, c) => {
    const asked = { headers: { host } };
    expect([verdict(local, asked), verdict(open, asked), verdict(named, asked)]).toEqual([a, b, c]);
  });
});

describe('pages of other sites', () => {
  const navigation = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
  const frame = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' };
  test.each([
    ['no browser', {}, 'taken'],
    ['own page', { 'sec-fetch-site': 'same-origin' }, 'taken'],
    ['typed address', { 'sec-fetch-site': 'none', ...navigation }, 'taken'],
    ['a link from elsewhere', { 'sec-fetch-site': 'cross-site', ...navigation }, 'taken'],
    ['a frame elsewhere', { 'sec-fetch-site': 'cross-site', ...frame }, 'origin-refused'],
    ['a request from elsewhere', { 'sec-fetch-site': 'cross-site' }, 'origin-refused'],
    ['another port of localhost', { 'sec-fetch-site': 'same-site' }, 'origin-refused'],
    ['own origin', { origin: 'http://localhost:16686' }, 'taken'],
    ['configured origin', { origin: 'https://clew.test' }, 'taken'],
    ['another port', { origin: 'http://localhost:3000' }, 'origin-refused'],
    ['another origin', { origin: 'https://evil.example' }, 'origin-refused'],
    ['a sandbox', { origin: 'null' }, 'origin-refused'],
  ])('%s', (_, headers, expected) => {
    expect(verdict(local, { headers: headers as Record<string, string> })).toBe(expected);
  });
});

test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'])(
  '%s changes nothing',
  (method) => {
    expect(verdict(local, { method })).toBe('method-not-allowed');
  },
);

test('who sends spans here is told where they go', () => {
  const ask = () => local.check({ method: 'POST', url: '/v1/traces?x', headers: {} });
  expect(ask).toThrow('found POST /v1/traces, wanted GET');
  try {
    ask();
  } catch (error) {
    expect((error as ApiError).hint).toBe('spans are received at http://127.0.0.1:4318');
  }
});

test('a long URL is refused by name', () => {
  expect(verdict(local, { url: `/${'x'.repeat(8192)}` })).toBe('url-too-long');
  expect(verdict(local, { url: `/${'x'.repeat(8191)}` })).toBe('taken');
});

test('host names are read without ports', () => {
  expect(['[::1]', '::1', 'a:b:c', 'A.b.:1'].map(hostName)).toEqual(['::1', '', '', 'a.b']);
});

describe('a route that takes POST', () => {
  const form = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
  test.each([
    ['POST', true, {}, 'taken'],
    ['POST', true, { origin: 'http://localhost:16686' }, 'taken'],
    ['POST', true, { origin: 'https://evil.example', ...form }, 'origin-refused'],
    ['POST', true, { origin: 'null' }, 'origin-refused'],
    ['POST', false, {}, 'method-not-allowed'],
    ['PUT', true, {}, 'method-not-allowed'],
  ])('%s, declared %s, with %j: %s', (method, takesPost, headers, wanted) => {
    expect(verdict(local, { method, takesPost, headers })).toBe(wanted);
  });
});
