import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CollectorError, type ErrorCode, errors } from './errors.ts';
import { parseListen } from './receivers/listen.ts';
import { answers } from './respond.ts';
import { collectorOptions, collectorSettings } from './settings.ts';

describe('settings', () => {
  test('have defaults within their own bounds and choices', () => {
    for (const { key, type, default: value, min, max, choices, says } of collectorSettings) {
      expect(says, key).not.toBe('');
      if (typeof value === 'number') {
        expect(value, key).toBeGreaterThanOrEqual(min ?? 0);
        expect(value, key).toBeLessThanOrEqual(max ?? Number.POSITIVE_INFINITY);
      }
      if (type === 'choice') expect(choices, key).toContain(value);
    }
  });

  test('fill in for what is not given', () => {
    const options = collectorOptions({ data_dir: '/data', 'spool.sync': 'always' });
    expect(options.spool).toMatchObject({ dir: '/data/spool', sync: 'always', sealAfterMs: 1000 });
    expect(options.receive.walk.pastMs).toBe(24 * 3_600_000);
  });

  test("make the spool's place absolute: the engine, which reads it, works elsewhere", () => {
    expect(collectorOptions({ data_dir: 'data' }).spool.dir).toBe(resolve('data/spool'));
  });

  test.each([
    [{}, /data_dir/],
    [{ data_dir: 'd', 'receive.in_flight_bytes_max': 1000 }, /receive\.body_bytes_max/],
    [{ data_dir: 'd', 'spool.bytes_max': 100_000 }, /spool\.segment_bytes/],
    [{ data_dir: 'd', 'receive.value_bytes_max': 3 }, /valueBytes/],
  ])('that contradict each other are refused: %j', (values, words) => {
    expect(() => collectorOptions(values)).toThrow(words);
  });
});

test.each([
  ['127.0.0.1:4318', { host: '127.0.0.1', port: 4318 }],
  ['[::1]:4318', { host: '::1', port: 4318 }],
  [':4318', { host: '127.0.0.1', port: 4318 }],
  ['4318', { host: '127.0.0.1', port: 4318 }],
])('%s is a place to listen', (text, place) => {
  expect(parseListen(text, 'otlp_http')).toEqual(place);
});

test.each(['localhost', 'a:b', '1.2.3.4:99999', ''])('%j is none, and says what is', (text) => {
  expect(() => parseListen(text, 'otlp_http')).toThrow('listen.otlp_http: found');
});

describe('errors', () => {
  test('each have one answer, and only what may pass later is told to retry', () => {
    expect(Object.keys(answers).sort()).toEqual(Object.keys(errors).sort());
    for (const [code, { http, grpc, mayRetry }] of Object.entries(answers)) {
      expect(mayRetry === true, code).toBe(http === 503);
      expect(mayRetry === true && grpc !== 14, code).toBe(false);
    }
  });

  test('fill their facts in', () => {
    const codes = Object.keys(errors) as ErrorCode[];
    for (const code of codes) {
      const names = [...JSON.stringify(errors[code]).matchAll(/\{(\w+)\}/g)].map(
        ([, name]) => name,
      );
      const facts = Object.fromEntries(names.map((name) => [name as string, 'fact']));
      expect(new CollectorError(code, facts).message, code).not.toMatch(/[{}]/);
    }
    expect(new CollectorError('BODY_TOO_LARGE').reason).toBe('body-too-large');
  });
});
