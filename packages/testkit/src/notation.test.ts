/** The notation is read as documented, and comes back from OTLP as it went in. */
import { encodeTraces } from '@clew/wire';
import { decodeTraces } from '@clew/wire/decode';
import { describe, expect, test } from 'vitest';
import { checkout, checkoutNotation, checkoutTraces } from './cast.ts';
import { parseNotation } from './notation.ts';
import { labelOf, notedOf, traceIdOf, tracesOf } from './notation-otlp.ts';
import { printNotation } from './notation-print.ts';

const baseNs = 1_767_225_600_000_000_000n;

describe('the notation', () => {
  test('nests by indentation and numbers by line', () => {
    const spans = parseNotation(`
      a  one    GET /x   0ms 10ms  server
           two    step   1ms 2ms
             three  deep   1ms 1ms
           four   after   5ms 1ms
      b  one    GET /y   3ms 1ms`);
    expect(spans.map(({ label, number, parent, depth }) => [label, number, parent, depth])).toEqual(
      [
        ['a', 1, 0, 0],
        ['a', 2, 1, 1],
        ['a', 3, 2, 2],
        ['a', 4, 1, 1],
        ['b', 1, 0, 0],
      ],
    );
  });

  test('types values by how they are written', () => {
    const [span] = parseNotation(
      't  s  n  0ms 1ms  i=5 d=5.0 b=true s=x q="5" e="" l=[1,x] resource.r=1 scope.k=v',
    );
    expect(span!.attributes.map(({ key, value }) => [key, value.type])).toEqual([
      ['i', 'int'],
      ['d', 'double'],
      ['b', 'bool'],
      ['s', 'string'],
      ['q', 'string'],
      ['e', 'string'],
      ['l', 'array'],
    ]);
    expect(span!.resource).toEqual([{ key: 'r', value: { type: 'int', value: 1n } }]);
    expect(span!.scope).toEqual([{ key: 'k', value: { type: 'string', value: 'v' } }]);
  });

  test('says which line it cannot read', () => {
    expect(() => parseNotation('t  service  name')).toThrow(/service {2}name/);
    expect(() => parseNotation('t  service  name  0ms 1ms  what')).toThrow(/"what"/);
  });

  test('prints what it reads', () => {
    const printed = printNotation(checkout);
    expect(parseNotation(printed)).toEqual(checkout);
    expect(printNotation(parseNotation(printed))).toBe(printed);
  });

  test('comes back from OTLP bytes', () => {
    const back = notedOf(decodeTraces(encodeTraces(checkoutTraces(baseNs))), baseNs);
    const byPlace = (a: { label: string; number: number }, b: { label: string; number: number }) =>
      a.label.localeCompare(b.label) || a.number - b.number;
    expect(back.sort(byPlace)).toEqual([...parseNotation(checkoutNotation)].sort(byPlace));
  });

  test('makes ids that can be read', () => {
    expect(traceIdOf('t1')).toBe(`7431${'0'.repeat(28)}`);
    expect(labelOf(traceIdOf('checkout'))).toBe('checkout');
    expect(tracesOf(parseNotation('t  s  n  0ms 1ms'), baseNs).resourceSpans).toHaveLength(1);
  });
});
