import { expect, test } from 'vitest';
import type { Service } from '../server/answers.ts';
import { type PaletteFacts, paletteRows } from './palette-rows.ts';

const service = (name: string, look: number): Service => ({
  name,
  look,
  spans: 1,
  errors: 0,
  firstSeenMs: 0,
  lastSeenMs: 0,
});
const checkout = service('checkout', 0);
const facts: PaletteFacts = {
  text: '',
  services: [checkout, service('payments', 1), service('cart', 2)],
  operations: undefined,
  commands: [
    { id: 'dark', title: 'Theme: dark', run: () => undefined },
    { id: 'link', title: 'Copy the link of this page', run: () => undefined },
  ],
  recent: [],
};
const shown = (text: string, more: Partial<PaletteFacts> = {}) =>
  paletteRows({ ...facts, ...more, text }).map(({ title, rows }) => [
    title,
    ...rows.map((row) => row.title),
  ]);

test('nothing typed: services and commands', () => {
  expect(shown('')).toEqual([
    ['Services', 'checkout', 'payments', 'cart'],
    ['Commands', 'Theme: dark', 'Copy the link of this page'],
  ]);
});

test('a pasted log line opens its trace at its span', () => {
  const id = '4bf92f3577b34da6a3ce929d0e0e4736';
  const text = `ERROR traceparent=00-${id}-00f067aa0ba902b7-01`;
  const [group] = paletteRows({ ...facts, text });
  expect(group?.rows[0]).toMatchObject({
    title: id,
    action: { go: { params: { traceId: id }, search: { span: '00f067aa0ba902b7' } } },
  });
});

test('services are found by some of their letters', () => {
  expect(shown('pay')[0]).toEqual(['Services', 'payments']);
});

test('a service name and a space: its operations', () => {
  const list = [
    { name: 'POST /checkout', kind: 'server' as const, spans: 1, lastSeenMs: 0 },
    { name: 'GET /status', kind: 'server' as const, spans: 1, lastSeenMs: 0 },
  ];
  const operations = { service: checkout, list };
  expect(shown('checkout post', { operations })[0]).toEqual(['Operations', 'POST /checkout']);
});

test('after > only commands', () => {
  expect(shown('>dark')).toEqual([['Commands', 'Theme: dark']]);
  expect(shown('> zzz')).toEqual([]);
});

test('a text in braces is asked as TraceQL', () => {
  const [group] = paletteRows({ ...facts, text: '{ status = error }' });
  expect(group).toMatchObject({
    title: 'Ask in TraceQL',
    rows: [
      { title: '{ status = error }', action: { go: { search: { q: '{ status = error }' } } } },
    ],
  });
});
