import { describe, expect, it } from 'vitest';
import { readArguments } from '../arguments.ts';
import { tracesUrl } from '../send/sending.ts';
import { normalUrl } from '../server-client.ts';
import { explainPath, command as query, queryPath, whyPath } from './query.ts';
import { command as search, searchQuery } from './search.ts';
import { traceIdIn } from './trace.ts';

describe('search', () => {
  const queryOf = (...argv: string[]) =>
    Object.fromEntries(
      [...searchQuery(readArguments(search, argv, {}))].map(([key, value]) => [key, value]),
    );

  it('turns flags into the parameters of the API', () => {
    expect(
      queryOf('--service', 'cart', '--status=error', '--min-duration', '1.5s', '--since', '15m'),
    ).toEqual({
      by: 'trace',
      limit: '20',
      service: 'cart',
      status: 'error',
      minDuration: '1500ms',
      from: 'now-15m',
    });
  });

  it('repeats conditions on attributes, and leaves points in time alone', () => {
    const args = readArguments(search, ['--attr', 'a=1', '--attr', 'span.b>=2'], {});
    expect(searchQuery(args).getAll('attr')).toEqual(['a=1', 'span.b>=2']);
    expect(queryOf('--since', '2026-01-01T00:00:00Z', '--until', '1h')).toMatchObject({
      from: '2026-01-01T00:00:00Z',
      to: 'now-1h',
    });
  });
});

describe('query', () => {
  const parametersOf = (path: string) => [...new URL(path, 'http://x').searchParams];
  const given = (...argv: string[]) => readArguments(query, argv, {});

  it('sends the text as it was written, for the last hour', () => {
    const text = '{ name = "a&b=c" } >> { status = error }';
    expect(parametersOf(queryPath(given(text, '--by', 'span')))).toEqual([
      ['by', 'span'],
      ['limit', '20'],
      ['from', 'now-1h'],
      ['q', text],
    ]);
    expect(parametersOf(explainPath(given(text, '--since', '2h')))).toEqual([
      ['by', 'trace'],
      ['limit', '20'],
      ['from', 'now-2h'],
      ['q', text],
    ]);
    expect(parametersOf(whyPath(given(text, '--since', '2h', '--limit', '5')))).toEqual([
      ['from', 'now-2h'],
      ['q', text],
    ]);
  });

  it.each([[], ['  ']])('says what to write when there is no text in %j', (...argv) => {
    expect(() => queryPath(given(...argv))).toThrow(/no TraceQL given/);
  });

  it('does not go on where an explanation has no page', () => {
    expect(() => explainPath(given('{}', '--cursor', 'abc'))).toThrow(/--cursor/);
  });
});

describe('trace', () => {
  const id = '5b8efff798038103d269b633813fc60c';
  it.each([
    [id, id],
    [id.toUpperCase(), id],
    ['d269b633813fc60c', 'd269b633813fc60c'],
    ['5b8efff7-9803-8103-d269-b633813fc60c', id],
    [`00-${id}-eee19b7ec3c1b174-01`, id],
    [`http://127.0.0.1:16686/trace/${id}?span=eee19b7ec3c1b174`, id],
    [`ERROR trace_id=${id} span_id=eee19b7ec3c1b174 payment failed\n`, id],
  ])('finds the id in %s', (text, found) => expect(traceIdIn(text)).toBe(found));

  it.each([undefined, '', 'abc', 'z'.repeat(32), `${id}0`])(
    'says when there is none in %s',
    (text) => {
      expect(() => traceIdIn(text)).toThrow(/expected 32 or 16 hex digits/);
    },
  );
});

describe('addresses', () => {
  it('are completed', () => {
    expect(normalUrl('127.0.0.1:16687/')).toBe('http://127.0.0.1:16687');
    expect(tracesUrl('collector:4318')).toBe('http://collector:4318/v1/traces');
    expect(tracesUrl('https://host/otlp/v1/traces')).toBe('https://host/otlp/v1/traces');
    expect(() => normalUrl('http://')).toThrow(/is no address/);
  });
});
