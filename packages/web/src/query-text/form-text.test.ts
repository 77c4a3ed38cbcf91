/** Form ⇄ text: what the form says is read back from its text, and only what it can hold is taken. */
import { expect, test } from 'vitest';
import { exploreDefaults } from '../address/explore-address.ts';
import { asking, formOf, textOf } from './form-text.ts';

const form = {
  ...exploreDefaults,
  service: 'check"out',
  operation: 'GET /',
  status: 'error' as const,
  kind: 'server' as const,
  minNs: 5e8,
  maxNs: 2e9,
  where: [
    {
      scope: 'span' as const,
      key: 'http.response.status_code',
      operator: '=' as const,
      value: '500',
    },
    { scope: 'span' as const, key: 'retries', operator: '>=' as const, value: '3' },
    { scope: undefined, key: 'db.system', operator: '~' as const, value: 'post.*' },
    { scope: 'scope' as const, key: 'v', operator: '!=' as const, value: 'true' },
  ],
};

test('the form shows as TraceQL, with every reading of an untyped value', () => {
  expect(textOf(form)).toBe(
    '{ resource.service.name = "check\\"out" && name = "GET /" && status = error && kind = server && duration >= 500ms && duration <= 2s && (span.http.response.status_code = "500" || span.http.response.status_code = 500) && span.retries >= 3 && .db.system =~ "post.*" && (instrumentation.v != "true" || instrumentation.v != true) }',
  );
  expect(textOf(exploreDefaults)).toBe('');
});

test('the text of a form gives the form back', () => {
  const { tab: _, range: __, live: ___, q: ____, ...fields } = form;
  expect(formOf(textOf(form))).toEqual(fields);
});

test.each([
  ['{ status = error }', { status: 'error' }],
  ['{status=error&&resource.service.name="a"}', { status: 'error', service: 'a' }],
  ['{ }', {}],
  ['{ span.db.system = "postgresql" }', { where: [{ key: 'db.system', value: 'postgresql' }] }],
  ['{ span.code = "500" }', { where: [{ key: 'code', value: '"500"' }] }],
  ['{ span.code >= 500 }', { where: [{ key: 'code', operator: '>=', value: '500' }] }],
])('%s is held by the form', (text, wanted) => {
  expect(formOf(text)).toMatchObject(wanted);
});

test.each([
  '{ status = error || kind = server }',
  '{ duration > 500ms }',
  '{ status != error }',
  '{ span.code = 500 }',
  '{ status = error && status = ok }',
  '{ } >> { status = error }',
  '{ } | count() > 2',
  '{ } | rate()',
  '{ kind = unspecified }',
  '{ span."a=b" = "c" }',
  '{ .a = nil }',
  '{ status = ',
])('%s stays text', (text) => {
  expect(formOf(text)).toBeUndefined();
});

test('a text replaces the fields; none clears them', () => {
  expect({ ...form, ...asking(' { .a = 1 } ') }).toMatchObject({ q: '{ .a = 1 }', where: [] });
  expect({ ...form, ...asking(' ') }).toMatchObject({ q: undefined, service: undefined });
});

test('a query of several lines is shown on one, without its comments', () => {
  const q = '{ status = error // failed\n} | count() > 2';
  expect(textOf({ ...exploreDefaults, q })).toBe('{ status = error } | count() > 2');
  expect(textOf({ ...exploreDefaults, q: '{ status =\n' })).toBe('{ status = ');
});
