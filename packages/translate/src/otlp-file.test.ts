import { encodeTraces } from '@clew/wire';
import { describe, expect, it } from 'vitest';
import { nextUnit, otlpFileForm, otlpOfUnit } from './otlp-file.ts';
import { otlpJson } from './to-otlp-json.ts';

const otlp = encodeTraces({ resourceSpans: [{ scopeSpans: [{ spans: [{ name: 'a' }] }] }] });
const text = (value: string) => new TextEncoder().encode(value);
const framed = Uint8Array.from([0, 0, 0, otlp.length, ...otlp]);

describe('forms', () => {
  it.each([
    ['lines', text('{"resourceSpans":[]}\n')],
    ['lines', text('\ufeff {"resourceSpans":[]}')],
    ['frames', framed],
    ['whole', otlp],
    ['whole', Uint8Array.of(0x1f, 0x8b, 8, 0)],
    [undefined, text('{')],
  ])('%s', (form, bytes) => {
    expect(otlpFileForm(bytes)).toBe(form);
  });
});

describe('units', () => {
  it('are lines that have ended', () => {
    const bytes = text('{}\n\n{"a"');
    expect(nextUnit(bytes, 0, 'lines')).toEqual({ start: 0, end: 2, next: 3 });
    expect(nextUnit(bytes, 3, 'lines')).toEqual({ start: 3, end: 3, next: 4 });
    expect(nextUnit(bytes, 4, 'lines')).toBe('more');
  });

  it('are frames that are whole', () => {
    expect(nextUnit(framed, 0, 'frames')).toEqual({
      start: 4,
      end: framed.length,
      next: framed.length,
    });
    for (let cut = 0; cut < framed.length; cut += 1) {
      expect(nextUnit(framed.subarray(0, cut), 0, 'frames')).toBe('more');
    }
  });

  it('become OTLP whatever their encoding', () => {
    expect(otlpOfUnit(otlp)).toBe(otlp);
    expect(otlpOfUnit(text(otlpJson(otlp)))).toEqual(otlp);
    expect(otlpOfUnit(text(' \r'))).toHaveLength(0);
    expect(() => otlpOfUnit(text('{"resourceSpans":5}'))).toThrow(/wanted an array/);
  });
});
