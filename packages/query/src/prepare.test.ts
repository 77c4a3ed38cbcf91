/** What is added to a query before it is answered, and what is left alone. */
import { check, parse, printQuery } from '@clew/traceql';
import { expect, test } from 'vitest';
import { otherNamesOf } from './aliases.ts';
import { attributesOf, prepare } from './prepare.ts';

const none = { has: () => false };
const queryOf = (text: string) => check(parse(text), text);

test('a query without renamed attributes and arrays stays as it is', () => {
  const query = queryOf('{ span.mine = 1 && resource.service.name = "cart" } >> { name = "x" }');
  expect(prepare(query, none)).toEqual(query);
});

test('renamed attributes get their other names, wherever they stand', () => {
  const query = queryOf('{ span.http.method = "GET" } | by(span.db.system) | rate() by(.http.url)');
  const names = attributesOf(prepare(query, none)).map(({ name, also }) => [
    name,
    also?.map((other) => other.name),
  ]);
  expect(Object.fromEntries(names)).toEqual({
    'http.method': ['http.request.method'],
    'db.system': ['db.system.name'],
    'http.url': ['url.full'],
  });
});

test('the text of a query does not show what was added', () => {
  const text = '{ span.http.method = "GET" }';
  expect(printQuery(prepare(queryOf(text), { has: () => true }))).toBe(text);
});

test('with(aliases=false) keeps the names as they are written', () => {
  const query = queryOf('{ span.http.method = "GET" } with (aliases=false)');
  expect(prepare(query, none)).toEqual(query);
});

test('an attribute has arrays when one of its names has', () => {
  const query = queryOf('{ resource.deployment.environment = "x" }');
  const arrays = { has: (_: string, name: string) => name === 'deployment.environment.name' };
  expect(attributesOf(prepare(query, arrays))[0]?.hasArrays).toBe(true);
});

test('either name leads to the other', () => {
  expect(otherNamesOf('http.status_code')).toEqual([{ name: 'http.response.status_code' }]);
  expect(otherNamesOf('http.response.status_code')).toEqual([{ name: 'http.status_code' }]);
  expect(otherNamesOf('net.peer.name')).toEqual([
    { name: 'server.address', on: 'caller' },
    { name: 'client.address', on: 'called' },
  ]);
  expect(otherNamesOf('mine')).toEqual([]);
});
