/** PromQL over given samples: what expressions evaluate to, and what is refused in which words. */
import { describe, expect, test } from 'vitest';
import { matches } from '../matching.ts';
import { evaluate, type Samples } from './evaluate.ts';
import { parsePromql } from './parse.ts';
import type { LabelSet, Result, Series } from './series.ts';

const times = [60_000, 120_000];

/** `increases` are per minute; `values` the counters. */
const given: readonly Series[] = [
  of('calls', { service: 'web', code: 'ok' }, [60, 120]),
  of('calls', { service: 'web', code: 'error' }, [6, 0]),
  of('calls', { service: 'api', code: 'ok' }, [30, null]),
  of('limits', { service: 'web' }, [10, 10]),
  of('limits', { service: 'db' }, [5, 5]),
  of('latency_bucket', { service: 'web', le: '1' }, [10, 0]),
  of('latency_bucket', { service: 'web', le: '2' }, [30, 0]),
  of('latency_bucket', { service: 'web', le: '+Inf' }, [40, 0]),
];

function of(name: string, labels: LabelSet, values: Series['values']): Series {
  return { labels: { __name__: name, ...labels }, values };
}

const asked: { keep: readonly string[] | null; lengthMs?: number; offsetMs: number }[] = [];

const samples: Samples = {
  values: async ({ selector, keep }) => {
    asked.push({ keep, offsetMs: selector.offsetMs });
    return given.filter(({ labels }) =>
      selector.matchers.every((matcher) => matches(matcher, labels[matcher.label] ?? '')),
    );
  },
  increases: async ({ selector, keep, lengthMs }) => {
    asked.push({ keep, lengthMs, offsetMs: selector.offsetMs });
    return given.filter(({ labels }) =>
      selector.matchers.every((matcher) => matches(matcher, labels[matcher.label] ?? '')),
    );
  },
};

async function lines(text: string): Promise<readonly string[]> {
  const result: Result = await evaluate(parsePromql(text), times, samples);
  if (result.kind === 'scalar') return [`scalar ${result.values.join(' ')}`];
  if (result.kind === 'text') return [`text ${result.value}`];
  return result.series.map(({ labels, values }) => {
    const named = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
    return `${named.join(' ')}: ${values.map((value) => value ?? '-').join(' ')}`;
  });
}

describe('evaluates', () => {
  test.each<[string, readonly string[]]>([
    ['1 + 2 * 3 ^ 2', ['scalar 19 19']],
    ['-2 ^ 2', ['scalar -4 -4']],
    ['2 > bool 1', ['scalar 1 1']],
    ['1h', ['scalar 3600 3600']],
    ['"a\\x41\\n`"', ['text aA\n`']],
    ['time()', ['scalar 60 120']],
    ['calls{service="api"}', ['__name__=calls service=api code=ok: 30 -']],
    ['{__name__=~"lim.*", service!="db"}', ['__name__=limits service=web: 10 10']],
    ['calls{service="api"} * 2', ['service=api code=ok: 60 -']],
    ['-limits{service="db"}', ['service=db: -5 -5']],
    [
      'rate(calls{service="web"}[1m])',
      ['service=web code=ok: 1 2', 'service=web code=error: 0.1 0'],
    ],
    ['increase(calls{code="error"}[1m])', ['service=web code=error: 6 0']],
    ['sum by (service) (rate(calls[1m]))', ['service=web: 1.1 2', 'service=api: 0.5 -']],
    ['sum(rate(calls[1m])) by (service)', ['service=web: 1.1 2', 'service=api: 0.5 -']],
    ['sum without (code) (calls)', ['service=web: 66 120', 'service=api: 30 -']],
    ['sum(calls)', [': 96 120']],
    ['avg(limits)', [': 7.5 7.5']],
    ['min(limits)', [': 5 5']],
    ['max by (code) (calls)', ['code=ok: 60 120', 'code=error: 6 0']],
    ['count(calls)', [': 3 2']],
    ['group by (service) (calls)', ['service=web: 1 1', 'service=api: 1 -']],
    ['quantile(0.5, limits)', [': 7.5 7.5']],
    ['topk(1, limits)', ['__name__=limits service=web: 10 10']],
    ['bottomk(1, limits)', ['__name__=limits service=db: 5 5']],
    [
      'topk(1, calls) by (service)',
      ['__name__=calls service=web code=ok: 60 120', '__name__=calls service=api code=ok: 30 -'],
    ],
    ['calls > 50', ['__name__=calls service=web code=ok: 60 120']],
    ['10 < calls{code="error"}', []],
    [
      'calls{service="web"} >= bool 60',
      ['service=web code=ok: 1 1', 'service=web code=error: 0 0'],
    ],
    ['sum by (service) (calls) / on (service) limits', ['service=web: 6.6 12']],
    ['sum by (service) (calls) / limits', ['service=web: 6.6 12']],
    [
      'calls / ignoring (code) group_left limits',
      ['service=web code=ok: 6 12', 'service=web code=error: 0.6 0'],
    ],
    ['limits and on (service) calls', ['__name__=limits service=web: 10 10']],
    ['limits unless on (service) calls', ['__name__=limits service=db: 5 5']],
    ['sum(nothing) or vector(0)', [': 0 0']],
    ['absent(nothing)', [': 1 1']],
    ['absent(nothing{a="b",c=~"d",e="f",e="g",h=""})', ['a=b: 1 1']],
    ['absent(sum(nothing{a="b"}))', [': 1 1']],
    ['absent(limits)', []],
    ['scalar(sum(limits))', ['scalar 15 15']],
    ['histogram_quantile(0.5, latency_bucket)', ['service=web: 1.5 NaN']],
    ['histogram_quantile(.9, sum by (le) (rate(latency_bucket[1m])))', [': 2 NaN']],
    ['round(limits / 3, 0.5)', ['service=web: 3.5 3.5', 'service=db: 1.5 1.5']],
    ['clamp_max(limits, 7)', ['service=web: 7 7', 'service=db: 5 5']],
    ['sort(limits)', ['__name__=limits service=db: 5 5', '__name__=limits service=web: 10 10']],
    [
      'label_replace(limits{service="db"}, "host", "$1!", "service", "(d).")',
      ['__name__=limits service=db host=d!: 5 5'],
    ],
  ])('%s', async (text, wanted) => {
    expect((await lines(text)).map(rounded)).toEqual(wanted);
  });
});

function rounded(line: string): string {
  return line.replaceAll(/\d+\.\d{6,}/g, (number) => String(Number(Number(number).toFixed(6))));
}

describe('asks the source', () => {
  test.each<[string, object]>([
    ['sum by (a, b) (rate(calls[5m]))', { keep: ['a', 'b'], lengthMs: 300_000, offsetMs: 0 }],
    ['sum(rate(calls[1h30m] offset 5m))', { keep: [], lengthMs: 5_400_000, offsetMs: 300_000 }],
    ['group by (a) (calls)', { keep: ['a'], offsetMs: 0 }],
    ['max by (a) (rate(calls[5m]))', { keep: null, lengthMs: 300_000, offsetMs: 0 }],
    ['sum without (a) (calls offset -1m)', { keep: null, offsetMs: -60_000 }],
    ['irate(calls[5m])', { keep: null, lengthMs: 60_000, offsetMs: 0 }],
  ])('%s', async (text, wanted) => {
    asked.length = 0;
    await lines(text);
    expect(asked).toEqual([wanted]);
  });
});

describe('refuses', () => {
  test.each([
    ['', 'no expression found'],
    ['sum(', '1:5: parse error: unexpected end of input'],
    ['calls{a="b"', 'parse error'],
    ['calls calls', 'parse error'],
    ['{a=""}', 'at least one non-empty matcher'],
    ['calls[5m]', 'is no answer by itself'],
    ['rate(calls)', 'expected type range vector in call to function "rate"'],
    ['rate(calls[0s])', 'duration must be greater than 0'],
    ['max_over_time(calls[5m])', 'max_over_time() of a range is not supported'],
    ['rate(calls[5m:1m])', 'a subquery ([…:…]) is not supported'],
    ['calls @ 5', 'the modifier @ is not supported'],
    ['predict_linear(calls, 5)', 'the function predict_linear() is not supported'],
    ['count_values("a", calls)', 'the aggregation count_values is not supported'],
    ['1 == 2', 'must use BOOL modifier'],
    ['1 and calls', 'set operator "and" not allowed'],
    ['calls + on (service) calls', 'many-to-many matching not allowed'],
    ['topk(calls)', 'wrong number of arguments'],
    ['sum(1)', 'expected type instant vector in aggregation expression, got scalar'],
    ['calls{a=~"("}', 'error parsing regexp'],
    ['"\\q"', 'unknown escape sequence \\q'],
    [`${'('.repeat(100)}1${')'.repeat(100)}`, 'nest deeper'],
    ['x'.repeat(9000), 'wanted at most'],
  ])('%s', async (text, message) => {
    await expect(lines(text)).rejects.toThrow(message);
  });
});
