import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { complete } from './complete.ts';

/** `|` marks the cursor with ‸. */
const at = (marked: string) => complete(marked.replace('‸', ''), marked.indexOf('‸'));
const texts = (marked: string) => at(marked).suggestions.map(({ text }) => text);

describe('completion', () => {
  it.each([
    ['‸', ['{ }', 'count() > ']],
    ['{ ‸', ['span.', 'duration', 'status']],
    ['{ sta‸', ['status', 'statusMessage']],
    ['{ status ‸', ['=', '!=', '&&', '}']],
    ['{ status = ‸', ['error', 'ok', 'unset']],
    ['{ status = er‸', ['error']],
    ['{ kind = ‸', ['server', 'client']],
    ['{ duration > ‸', ['100ms', '1s']],
    ['{ name ‸', ['=', '=~']],
    ['{ .a = 1 ‸', ['&&', '||', '}']],
    ['{ .a = 1 && ‸', ['span.', 'duration']],
    ['{ (.a = 1 || ‸', ['span.', 'name']],
    ['{ } ‸', ['|', '&&', '>>']],
    ['{ } | ‸', ['{ }', 'count() > ', 'rate(', 'coalesce()']],
    ['{ } | quant‸', ['quantile_over_time(']],
    ['{ } | by(‸', ['span.', 'duration']],
    ['{ } | rate() ‸', ['by(', '| topk(']],
    ['{ } && ‸', ['{ }']],
  ])('%s offers %j', (marked, wanted) => {
    expect(texts(marked)).toEqual(expect.arrayContaining(wanted));
  });

  it.each([
    ['{ .‸', { of: 'attributes', scope: 'any', prefix: '' }],
    ['{ span.http.‸', { of: 'attributes', scope: 'span', prefix: 'http.' }],
    ['{ resource.‸ = 1 }', { of: 'attributes', scope: 'resource', prefix: '' }],
    ['{ } | select(event.ex‸', { of: 'attributes', scope: 'event', prefix: 'ex' }],
    ['{ name = "GET /‸', { of: 'values', prefix: 'GET /', isQuoted: true }],
    ['{ .a = 1 && span.b = ‸', { of: 'values', prefix: '', isQuoted: false }],
  ])('%s asks the catalogue', (marked, need) => {
    expect(at(marked).needs).toMatchObject(need);
  });

  it('replaces the whole word under the cursor', () => {
    expect(at('{ stat‸us = ok }')).toMatchObject({ from: 2, to: 8 });
  });

  it('never throws, wherever the cursor stands', () => {
    const names = ['search', 'metrics', 'syntax-errors', 'type-errors', 'unsupported'];
    const corpus = names.flatMap((name) =>
      readFileSync(new URL(`../cases/${name}.tql`, import.meta.url), 'utf8').split('\n'),
    );
    for (const text of corpus) {
      for (let place = 0; place <= text.length; place++) {
        expect(complete(text, place).from).toBeLessThanOrEqual(place);
      }
    }
  });
});
