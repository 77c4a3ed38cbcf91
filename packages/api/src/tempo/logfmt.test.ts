import { expect, test } from 'vitest';
import { limits } from '../limits.ts';
import { logfmt } from './logfmt.ts';

test.each([
  ['', {}],
  ['  ', {}],
  ['a=b', { a: 'b' }],
  ['service.name=cart http.path="/a b" x=', { 'service.name': 'cart', 'http.path': '/a b', x: '' }],
  [String.raw`q="say \"hi\" \\ 🙂"  a=1`, { q: 'say "hi" \\ 🙂', a: '1' }],
  ["k=';drop", { k: "';drop" }],
])('%j', (written, pairs) => {
  expect(Object.fromEntries(logfmt(written))).toEqual(pairs);
});

test.each(['a', '=b', 'a="b', 'a=b"c', 'a="b"c', 'a=b c'])('%j is refused', (written) => {
  expect(() => logfmt(written)).toThrow(/^invalid tags: logfmt syntax error at pos \d+: wanted/);
});

test('a key that stands twice is refused', () => {
  expect(() => logfmt('a=1 b=2 a=1')).toThrow('invalid tags: tag a has been set twice');
});

test('there is a most', () => {
  const pairs = Array.from({ length: limits.attributeConditionsMax + 1 }, (_, n) => `k${n}=v`);
  expect(() => logfmt(pairs.join(' '))).toThrow(/wanted at most/);
});
