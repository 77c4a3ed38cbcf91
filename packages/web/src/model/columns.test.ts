import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeColumns, randomTrace } from '../../test/trace-columns.ts';
import { ColumnsError, readColumns } from './columns.ts';

const rows = [
  { parent: -1, start: 0, duration: 50, service: 'web', name: 'GET /', kind: 2 },
  {
    parent: 0,
    start: 10,
    duration: 20,
    service: 'db',
    name: 'SELECT',
    kind: 3,
    status: 2,
    flags: 9,
  },
  { parent: -2, start: 12, duration: 1, service: 'db', name: 'SELECT' },
];

/** Changes the header of an encoded trace; the text keeps its length. */
function withHeader(edit: (text: string) => string): ArrayBuffer {
  const body = encodeColumns(rows);
  const length = new DataView(body).getUint32(4, true);
  const bytes = new Uint8Array(body, 8, length);
  const text = edit(new TextDecoder().decode(bytes)).padEnd(length);
  bytes.set(new TextEncoder().encode(text));
  return body;
}

describe('readColumns', () => {
  it('reads every column as it was written', () => {
    const columns = readColumns(encodeColumns(rows));
    expect(columns.spans).toBe(3);
    expect([...columns.parent]).toEqual([-1, 0, -2]);
    expect([...columns.start]).toEqual([0, 10, 12]);
    expect([...columns.duration]).toEqual([50, 20, 1]);
    expect([...columns.service].map((id) => columns.services[id]!.name)).toEqual([
      'web',
      'db',
      'db',
    ]);
    expect([...columns.name].map((id) => columns.names[id])).toEqual(['GET /', 'SELECT', 'SELECT']);
    expect([...columns.kind]).toEqual([2, 3, 1]);
    expect([...columns.status]).toEqual([0, 2, 0]);
    expect([...columns.flags]).toEqual([0, 9, 0]);
    expect(columns.spanId[15]).toBe(1);
  });

  it('reads an empty trace', () => {
    expect(readColumns(encodeColumns([])).spans).toBe(0);
  });

  it('refuses an answer that ends anywhere before its end', () => {
    // Eight rows: every column ends at a multiple of 8, so there is no padding that could be missed.
    const whole = encodeColumns(randomTrace(8));
    fc.assert(
      fc.property(fc.nat(whole.byteLength - 1), (length) => {
        expect(() => readColumns(whole.slice(0, length))).toThrow(ColumnsError);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('reads or refuses flipped bytes, and throws nothing else', () => {
    const whole = encodeColumns(randomTrace(5));
    fc.assert(
      fc.property(fc.nat(whole.byteLength - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const body = whole.slice(0);
        new Uint8Array(body)[at]! ^= flip;
        try {
          readColumns(body);
        } catch (error) {
          expect(error).toBeInstanceOf(ColumnsError);
        }
      }),
      { numRuns: 1000, seed: 1 },
    );
  });

  it.each([
    ['another kind of answer', () => new TextEncoder().encode('<!doctype html>').buffer, /CLW1/],
    ['a header that is no JSON', () => withHeader((text) => text.replace('{', '(')), /not JSON/],
    [
      'a header without names',
      () => withHeader((text) => text.replace('"names"', '"nomes"')),
      /lacks/,
    ],
    [
      'a type that is not the documented one',
      () => withHeader((text) => text.replace('"i32"', '"i31"')),
      /i31/,
    ],
    [
      'a column off its alignment',
      () => withHeader((text) => text.replace('"at":0', '"at":4')),
      /torn/,
    ],
    [
      'a parent that is no row',
      () => encodeColumns([{ parent: 7, start: 0, duration: 1 }]),
      /row 7 as parent/,
    ],
    [
      'a time that is no number',
      () => encodeColumns([{ parent: -1, start: Number.NaN, duration: 1 }]),
      /no finite time/,
    ],
  ])('refuses %s', (_what, make, message) => {
    expect(() => readColumns(make() as ArrayBuffer)).toThrow(message);
  });
});
