import { expect, test } from 'vitest';
import { exploreDefaults } from '../address/explore-address.ts';
import { exploreTitle } from './question-words.ts';
import { relaxations } from './relaxations.ts';

const nowMs = Date.parse('2026-03-14T09:26:53Z');
const address = {
  ...exploreDefaults,
  service: 'checkout',
  status: 'error' as const,
  where: [{ scope: 'span' as const, key: 'http.status', operator: '>=' as const, value: '500' }],
};

test('each part of the question can go, the most specific first; then more time', () => {
  const ways = relaxations(address, nowMs);
  expect(ways.map(({ label }) => label)).toEqual([
    'Remove span.http.status>=500',
    'Remove status = error',
    'Remove service = checkout',
    'Remove all filters',
    'Look back 24 h',
    'Look back 7 d',
  ]);
  expect({ ...address, ...ways[0]!.fields }.where).toEqual([]);
});

test('no wider range is offered than is already asked', () => {
  const wide = { ...exploreDefaults, range: { from: 'now-7d', to: 'now' } };
  expect(relaxations(wide, nowMs)).toEqual([]);
});

test('many filters do not become many searches', () => {
  const where = Array.from({ length: 20 }, (_, index) => ({
    ...address.where[0]!,
    value: String(index),
  }));
  expect(relaxations({ ...address, where }, nowMs)).toHaveLength(6);
});

test('a question has a title', () => {
  expect(exploreTitle(address)).toBe(
    'traces · service = checkout · status = error · span.http.status>=500',
  );
});
