/** A link is the state: what is written is read back, and a broken link still opens. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AttributeFilter, operators, scopes } from './attribute-filter.ts';
import {
  type ExploreAddress,
  exploreDefaults,
  formatExploreAddress,
  kinds,
  parseExploreAddress,
  populations,
  statuses,
} from './explore-address.ts';
import { exploreHref, traceHref } from './links.ts';
import { formatRawSearch, parseRawSearch } from './raw-search.ts';
import {
  formatTraceAddress,
  parseTraceAddress,
  type TraceAddress,
  traceDefaults,
  traceViews,
} from './trace-address.ts';

const optional = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined });
const ns = fc.integer({ min: 0, max: 86_400_000_000_000 });
const text = fc.string({ minLength: 1, unit: 'grapheme', maxLength: 30 });
const key = text
  .map((one) => one.replace(/[=!<>~]/g, '_').trim())
  .filter((one) => one !== '' && !/^(span|resource|scope|event|link)\./.test(one));

const filter: fc.Arbitrary<AttributeFilter> = fc.record({
  scope: optional(fc.constantFrom(...scopes)),
  key,
  operator: fc.constantFrom(...operators),
  // `key>` followed by a value that begins with `=` is `key>=`: it cannot be written without quotes.
  value: fc.string({ unit: 'grapheme', maxLength: 30 }).filter((one) => !/^[=~]/.test(one)),
});

const point = fc.oneof(
  fc.constant('now'),
  fc
    .tuple(fc.integer({ min: 1, max: 999 }), fc.constantFrom('s', 'm', 'h', 'd', 'w'))
    .map(([count, unit]) => `now-${count}${unit}`),
  fc
    .date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
    .map((at) => at.toISOString()),
);

const exploreFields: fc.Arbitrary<Omit<ExploreAddress, 'q'>> = fc.record({
  tab: fc.constantFrom(...populations),
  service: optional(text),
  operation: optional(text),
  status: optional(fc.constantFrom(...statuses)),
  kind: optional(fc.constantFrom(...kinds)),
  minNs: optional(ns),
  maxNs: optional(ns),
  where: fc.array(filter, { maxLength: 4 }),
  range: fc.record({ from: point, to: point }),
  live: fc.boolean(),
});
const formAddress = exploreFields.map((fields): ExploreAddress => ({ ...fields, q: undefined }));
const textAddress = fc
  .record({ fields: exploreFields, q: text })
  .map(({ fields: { tab, range, live }, q }) => ({ ...exploreDefaults, tab, range, live, q }));
const exploreAddress = fc.oneof(formAddress, textAddress);

const traceAddress: fc.Arbitrary<TraceAddress> = fc.record({
  view: fc.constantFrom(...traceViews),
  span: optional(fc.stringMatching(/^[0-9a-f]{16}$/)),
  zoom: optional(
    fc
      .tuple(ns, ns)
      .filter(([a, b]) => a !== b)
      .map(([a, b]) => ({
        startNs: Math.min(a, b),
        endNs: Math.max(a, b),
      })),
  ),
  find: fc.string({ unit: 'grapheme', maxLength: 40 }),
  findMode: fc.constantFrom('dim', 'hide'),
  fold: fc.record({
    criticalPath: fc.boolean(),
    errors: fc.boolean(),
    depth: optional(fc.integer({ min: 0, max: 9999 })),
    minNs: optional(ns),
  }),
  colour: fc.oneof(
    fc.constant({ by: 'service' as const }),
    fc.constant({ by: 'status' as const }),
    text.map((one) => ({ by: 'attribute' as const, key: one })),
  ),
  timeMs: optional(fc.integer({ min: 0, max: 4_102_444_800_000 })),
});

describe('the address of Explore', () => {
  test('parse(format(s)) = s', () => {
    fc.assert(
      fc.property(exploreAddress, (address) => {
        const link = formatRawSearch(formatExploreAddress(address));
        expect(parseExploreAddress(parseRawSearch(link))).toEqual({ address, notes: [] });
      }),
    );
  });

  test('defaults are not written', () => {
    expect(exploreHref()).toBe('/explore');
  });

  test('a link reads like what it asks', () => {
    const href = exploreHref({
      service: 'checkout',
      operation: 'POST /cart',
      minNs: 5e8,
      where: [{ scope: 'span', key: 'http.response.status_code', operator: '>=', value: '500' }],
      range: { from: 'now-6h', to: 'now' },
    });
    expect(href).toBe(
      '/explore?service=checkout&op=POST+/cart&min=500ms&where=span.http.response.status_code%3E%3D500&from=now-6h',
    );
  });

  test('what cannot be read falls back and is named', () => {
    const raw = parseRawSearch(
      '?tab=bars&status=bad&min=fast&from=whenever&where=%3D&live=2&unknown=1',
    );
    const { address, notes } = parseExploreAddress(raw);
    expect(address).toEqual(exploreDefaults);
    expect(notes.map(({ parameter }) => parameter).sort()).toEqual(
      ['from', 'live', 'min', 'status', 'tab', 'where'].sort(),
    );
  });

  test('epoch times of a pasted link become instants', () => {
    const ms = Date.parse('2026-03-14T09:26:53.589Z');
    for (const digits of [`${ms}`, `${ms}000`, `${ms}000000`]) {
      const { address } = parseExploreAddress({ from: digits });
      expect(address.range.from).toBe('2026-03-14T09:26:53.589Z');
    }
  });
});

describe('the address of a trace', () => {
  test('parse(format(s)) = s', () => {
    fc.assert(
      fc.property(traceAddress, (address) => {
        const link = formatRawSearch(formatTraceAddress(address));
        expect(parseTraceAddress(parseRawSearch(link))).toEqual({ address, notes: [] });
      }),
    );
  });

  test('a link reads like what it shows', () => {
    const href = traceHref('4bf92f3577b34da6a3ce929d0e0e4736', {
      span: '00f067aa0ba902b7',
      zoom: { startNs: 0, endNs: 1_500_000 },
      fold: { criticalPath: true, errors: true, depth: 3, minNs: 5_000_000 },
      timeMs: 1_773_480_413_589,
    });
    expect(href).toBe(
      '/trace/4bf92f3577b34da6a3ce929d0e0e4736?span=00f067aa0ba902b7&z=0~1500000&fold=cp,err,depth:3,min:5ms&ts=1773480413589',
    );
  });

  test('what cannot be read falls back and is named', () => {
    const raw = parseRawSearch('?view=cake&span=zz&z=9~1&fm=maybe&fold=cp,deep&color=red&ts=soon');
    const { address, notes } = parseTraceAddress(raw);
    expect(address).toEqual(traceDefaults);
    expect(notes.map(({ parameter }) => parameter)).toEqual([
      'view',
      'span',
      'z',
      'fm',
      'fold',
      'color',
      'ts',
    ]);
  });
});

test('any search text at all can be read', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (search) => {
      const raw = parseRawSearch(search);
      parseExploreAddress(raw);
      parseTraceAddress(raw);
    }),
  );
});

test('a link with TraceQL opens with it, and says which fields it ignored', () => {
  const raw = parseRawSearch('?q=%7B%20status%20%3D%20error%20%7D&from=now-1h&service=cart');
  const { address, notes } = parseExploreAddress(raw);
  expect(address).toEqual({ ...exploreDefaults, q: '{ status = error }' });
  expect(notes).toEqual([{ parameter: 'service', found: 'cart' }]);
  expect(exploreHref(address)).toBe('/explore?q=%7B+status+%3D+error+%7D');
});
