import { describe, expect, it } from 'vitest';
import { ARRIVED_MS, bytesOf } from '../test/zipkin-spans.ts';
import { TranslateError } from './translate-error.ts';
import { zipkinJsonToOtlp } from './zipkin-json.ts';

describe('a body that is none', () => {
  it.each<[unknown, RegExp]>([
    [{}, /Expected a JSON_V2 encoded list/],
    [[5], /\[0\]: found 5, wanted an object/],
    [[null], /\[0\]: found null/],
    [[{}, { tags: { a: [] } }], /\[1\]\.tags\.a: found an array, wanted a string/],
    [[{ timestamp: -1 }], /\[0\]\.timestamp: found -1/],
    [[{ annotations: {} }], /\[0\]\.annotations: found an object, wanted a list/],
    [[{ annotations: [{ value: 1 }] }], /annotations\[0\]\.value: found 1, wanted a string/],
    [[{ localEndpoint: { port: 'x' } }], /localEndpoint\.port: found "x"/],
  ])('%j is refused in words', (body, words) => {
    const translate = () => zipkinJsonToOtlp(bytesOf(body), ARRIVED_MS);
    expect(translate).toThrow(TranslateError);
    expect(translate).toThrow(words);
  });

  it('is refused when it would take far more memory than its length', () => {
    const bomb = new TextEncoder().encode(`[${'{},'.repeat(2_500_000)}{}]`);
    expect(() => zipkinJsonToOtlp(bomb, ARRIVED_MS)).toThrow(/more than 4000000 values/);
    const nested = new TextEncoder().encode('['.repeat(5_000_000));
    expect(() => zipkinJsonToOtlp(nested, ARRIVED_MS)).toThrow(/more than 4000000 values/);
  });

  it('is refused when it holds more spans than a request may', () => {
    const many = new TextEncoder().encode(`[${'{},'.repeat(50_000)}{}]`);
    expect(() => zipkinJsonToOtlp(many, ARRIVED_MS)).toThrow(/more than 50000 spans/);
  });
});
