import { expect, test } from 'vitest';
import { parseScenario } from './scenario.ts';
import { differences, textDifferences } from './scenario-match.ts';
import { createNames } from './scenario-names.ts';

test('a scenario is read, with what Clew alone answers', () => {
  const text = `# Shows
# something.
traces
  t1  shop  GET /  0ms 20ms

get /a/$(t1)
  q  { a = 1 }
  b
accept: text/plain
200 application/json
  {"a":
    1}
# Differs.
clew 400
  no

post /b
404 text/plain
`;
  const { shows, traces, exchanges } = parseScenario('one', text);
  expect([shows, traces.trim()]).toEqual(['Shows something.', 't1  shop  GET /  0ms 20ms']);
  expect(exchanges).toEqual([
    {
      method: 'get',
      path: '/a/$(t1)',
      parameters: [
        ['q', '{ a = 1 }'],
        ['b', ''],
      ],
      headers: { accept: 'text/plain' },
      expected: { status: 200, type: 'application/json', body: '{"a":\n  1}' },
      ofClew: { status: 400, type: '', body: 'no' },
    },
    {
      method: 'post',
      path: '/b',
      parameters: [],
      headers: {},
      expected: { status: 404, type: 'text/plain', body: '' },
      ofClew: null,
    },
  ]);
  expect(() => parseScenario('two', 'get /a\n')).toThrow('two: /a has no expected answer');
  expect(() => parseScenario('two', '# a\nput /a\n')).toThrow('two, line 2: cannot read "put /a"');
});

test.each([
  [{ a: 1 }, { a: 1 }, 0],
  [{ a: 1 }, { a: 1, b: 2 }, 1],
  [{ a: 1, '…': '…' }, { a: 1, b: 2 }, 0],
  [{ a: '<digits>' }, { a: '12' }, 0],
  [{ a: '<digits>' }, { a: 12 }, 1],
  [['<~^ab+$>'], ['abb'], 0],
  [['<~^ab+$>'], ['a'], 1],
  [[1, '…'], [1, 2], 0],
  [[1], [1, 2], 1],
  [['<set>', 1, 2], [2, 1], 0],
  [['<set>', 1, 1], [2, 1], 1],
  [['<set>', { a: 1 }, '…'], [{ b: 1 }, { a: 1 }], 0],
  [{ a: '<any>' }, {}, 1],
  [null, null, 0],
])('%j against %j differs in %i places', (expected, found, count) => {
  expect(differences(expected, found)).toHaveLength(count);
});

test('texts are compared by lines', () => {
  expect(textDifferences('a\n<~^b>', 'a\nbc\n')).toEqual([]);
  expect(textDifferences('a\n…', 'a\nb\nc')).toEqual([]);
  expect(textDifferences('a', 'a\nb')).toHaveLength(1);
  expect(textDifferences('a\nb', 'a\nc')).toEqual(['line 2: found "c", wanted "b"']);
});

test('names are filled in', () => {
  const { fill, traceId } = createNames('f00dcafe', 1_000_000);
  expect(fill('$(run) $(t1.2) $(s:-10s) $(us:1ms) $(rfc:0ms) $(t1.1:base64)')).toBe(
    'f00dcafe 0000000000000002 990 1000001000 1970-01-01T00:16:40.000Z AAAAAAAAAAE=',
  );
  expect(fill('$(t1)')).toBe(traceId('t1'));
  expect(traceId('t1')).toBe('f00dcafe00007431f00dcafe00007431');
  expect(() => fill('$(t 1)')).toThrow('there is no $(t 1)');
});
