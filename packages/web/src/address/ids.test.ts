import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findTrace, traceIdOf } from './ids.ts';

const id = '4bf92f3577b34da6a3ce929d0e0e4736';
const span = '00f067aa0ba902b7';

test.each([
  ['a trace id', id, { traceId: id }],
  ['upper case', id.toUpperCase(), { traceId: id }],
  ['dashes of a UUID', '4bf92f35-77b3-4da6-a3ce-929d0e0e4736', { traceId: id }],
  ['a 16 digit id', span, { traceId: span }],
  ['a traceparent', `00-${id}-${span}-01`, { traceId: id, spanId: span }],
  ['a header line', `traceparent: 00-${id}-${span}-00`, { traceId: id, spanId: span }],
  ['a log line', `WARN pool timeout trace_id=${id} span_id=${span}`, { traceId: id, spanId: span }],
  ['JSON', `{"level":"warn","traceId":"${id}","n":1}`, { traceId: id }],
  ['a named id beats other digits', `${'a'.repeat(32)} trace.id trace_id: ${id}`, { traceId: id }],
  ['32 digits beat 16', `${span} ${id}`, { traceId: id }],
  ['base64', `traceId: "${Buffer.from(id, 'hex').toString('base64')}"`, { traceId: id }],
  ['a URL of another tool', `https://jaeger.example/trace/${id}?uiFind=x`, { traceId: id }],
])('%s is found', (_name, text, expected) => {
  expect(findTrace(text)).toEqual({ spanId: undefined, ...expected });
});

test.each([
  ['nothing', ''],
  ['a word', 'checkout'],
  ['31 digits', id.slice(1)],
  ['33 digits', `${id}0`],
  ['all zeros', '0'.repeat(32)],
  ['all zeros in base64', Buffer.alloc(16).toString('base64')],
  ['a traceparent of zeros', `00-${'0'.repeat(32)}-${span}-01`.slice(0, 36)],
])('%s holds no trace', (_name, text) => {
  expect(findTrace(text)).toBeUndefined();
});

test('an id of the address bar is brought into its canonical form', () => {
  expect(traceIdOf(` ${id.toUpperCase()} `)).toBe(id);
  expect(traceIdOf('4bf92f35-77b3-4da6-a3ce-929d0e0e4736')).toBe(id);
  expect(traceIdOf('xyz')).toBeUndefined();
  expect(traceIdOf('0'.repeat(16))).toBeUndefined();
});

test('whatever stands around it, an id is found', () => {
  const hex = fc.stringMatching(/^[0-9a-f]{32}$/).filter((text) => /[1-9a-f]/.test(text));
  const noise = fc.stringMatching(/^[g-z ,;"'{}()]{0,20}$/);
  fc.assert(
    fc.property(hex, noise, noise, (traceId, before, after) => {
      expect(findTrace(`${before}"${traceId}"${after}`)?.traceId).toBe(traceId);
    }),
  );
});
