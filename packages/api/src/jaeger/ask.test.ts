import { describe, expect, test } from 'vitest';
import { limits } from '../limits.ts';
import { searchOf } from './ask.ts';
import { metricsAskOf, redFilterOf } from './metrics-ask.ts';
import { readTraceId } from './trace-id.ts';
import { v3SearchOf } from './v3-ask.ts';

const nowMs = 1_763_640_000_000;
const nowNs = BigInt(nowMs) * 1_000_000n;
const hourNs = 3_600_000_000_000n;
const tagsOf = (tags: string | string[]) => [
  ...searchOf({ service: 'a', tags }, nowMs).tags.entries(),
];

describe('a search of the older API', () => {
  test('without more than a service looks two days back for 100 traces', () => {
    expect(searchOf({ service: 'a' }, nowMs)).toEqual({
      service: 'a',
      operation: '',
      tags: new Map(),
      limit: 100,
      minNs: undefined,
      maxNs: undefined,
      fromNs: nowNs - 48n * hourNs,
      toNs: nowNs + 1000n,
    });
  });

  test('takes microseconds, Go durations, a lookback and at most as many traces as there may be', () => {
    const given = { service: 'a', end: '5000000', lookback: '2s', minDuration: '1.5ms' };
    expect(searchOf({ ...given, maxDuration: '1m2s', limit: '99999' }, nowMs)).toMatchObject({
      fromNs: 3_000_000_000n,
      toNs: 5_000_001_000n,
      minNs: 1_500_000n,
      maxNs: 62_000_000_000n,
      limit: limits.tracesMax,
    });
    expect(searchOf({ ...given, lookback: 'custom', start: '7' }, nowMs).fromNs).toBe(7000n);
    expect(searchOf({ ...given, lookback: '1h' }, nowMs).fromNs).toBe(0n);
  });

  test.each([
    [
      '{"a":"1","b.c":"d e","n":5,"t":true}',
      [
        ['a', '1'],
        ['b.c', 'd e'],
        ['n', '5'],
        ['t', 'true'],
      ],
    ],
    [
      'a=1 b.c="d e"  q="say \\"hi\\" \\\\" alone',
      [
        ['a', '1'],
        ['b.c', 'd e'],
        ['q', 'say "hi" \\'],
        ['alone', 'true'],
      ],
    ],
    [
      'url=http://x/?a=b empty=',
      [
        ['url', 'http://x/?a=b'],
        ['empty', ''],
      ],
    ],
    ['a=1 ', [['a', '1']]],
    [' ', []],
  ])('reads tags %s', (written, tags) => {
    expect(tagsOf(written)).toEqual(tags);
  });

  test.each(['a="open', '=x', 'a=b"c', '{"a":{}}', '{"a":null}', '"'])(
    'refuses tags %s',
    (written) => {
      expect(() => tagsOf(written)).toThrow(/malformed 'tags' parameter/);
    },
  );

  test('refuses more tags than there may be, and reads long ones in no time', () => {
    const many = Array.from({ length: 33 }, (_, at) => `k${at}=v`).join(' ');
    expect(() => tagsOf(many)).toThrow('found 33 tags, wanted at most 32');
    const started = performance.now();
    expect(() => tagsOf(`a="${'\\'.repeat(20_000)}`)).toThrow(/malformed/);
    expect(performance.now() - started).toBeLessThan(500);
  });

  test('joins tags of all spellings, the last of a key counts', () => {
    const given = { service: 'a', tag: ['k:1:2', 'l:x'], tags: ['{"l":"y"}', 'm=z'] };
    expect([...searchOf(given, nowMs).tags]).toEqual([
      ['k', '1:2'],
      ['l', 'y'],
      ['m', 'z'],
    ]);
  });
});

test.each([
  ['A1', `${'0'.repeat(30)}a1`],
  ['CvdlGRbNQ92ESOshHIAxnA==', '0af7651916cd43dd8448eb211c80319c'],
])('trace id %s', (written, id) => {
  expect(readTraceId(written)).toBe(id);
});

test.each(['', '0', 'g', 'f'.repeat(33), '0'.repeat(32), 'AAAAAAAAAAAAAAAAAAAAAA=='])(
  'trace id %s is refused',
  (written) => {
    expect(() => readTraceId(written)).toThrow('cannot parse traceID param');
  },
);

describe('a search of v3', () => {
  const when = {
    'query.startTimeMin': '2026-01-01T00:00:00.000000001Z',
    'query.startTimeMax': '2026-01-01T01:00:00+00:00',
  };

  test('takes both spellings', () => {
    const given = { ...when, 'query.service_name': 'a', 'query.num_traces': '7' };
    expect(v3SearchOf(given)).toMatchObject({ service: 'a', limit: 7 });
    const named = { ...given, 'query.serviceName': 'b', 'query.searchDepth': '8' };
    expect(v3SearchOf(named)).toMatchObject({ service: 'b', limit: 8 });
    const { fromNs, toNs } = v3SearchOf(when);
    expect(toNs - fromNs).toBe(hourNs - 1n);
  });

  test.each([
    [{ 'query.startTimeMax': '2025-01-01T00:00:00Z' }, 'must be before'],
    [{ 'query.startTimeMin': 'now-1h' }, 'malformed parameter query.startTimeMin'],
    [{ 'query.durationMin': '5' }, 'malformed parameter query.durationMin'],
    [{ 'query.durationMin': '2s', 'query.durationMax': '1s' }, 'should be greater'],
    [{ 'query.attributes': '{' }, "malformed 'query.attributes' parameter"],
  ])('refuses %j', (given, words) => {
    expect(() => v3SearchOf({ ...when, ...given })).toThrow(words);
  });
});

describe('a question about metrics', () => {
  test('has whole minutes, and windows of whole steps', () => {
    const ask = metricsAskOf({ service: 'a', step: '90000', ratePer: '600000' }, nowMs);
    expect(ask).toMatchObject({
      kinds: ['server'],
      byOperation: false,
      fromMs: nowMs - 3_600_000,
      toMs: nowMs,
      stepMs: 120_000,
      windowMs: 600_000,
    });
    const { range, stepMinutes } = redFilterOf(ask);
    expect(stepMinutes).toBe(2);
    expect(range.fromNs % 120_000_000_000n).toBe(0n);
  });

  test('over months has longer steps', () => {
    const lookback = String(90 * 86_400_000);
    const { stepMs } = metricsAskOf({ service: 'a', lookback, step: '5000' }, nowMs);
    expect((90 * 86_400_000) / stepMs).toBeLessThanOrEqual(limits.metricStepsMax);
  });

  test('takes kinds in either spelling', () => {
    const spanKind = ['SPAN_KIND_CLIENT', 'server'];
    expect(metricsAskOf({ service: 'a', spanKind }, nowMs).kinds).toEqual(['client', 'server']);
  });
});
