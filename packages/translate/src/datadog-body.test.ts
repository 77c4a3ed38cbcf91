import { bytesToHex } from '@clew/wire';
import { describe, expect, it } from 'vitest';
import { plain, START, span, spansOf, tracer, translate } from '../test/datadog-spans.ts';
import { createDatadogTranslator } from './datadog.ts';
import { TranslateError } from './translate-error.ts';

describe('bodies', () => {
  it('0.3 and 0.4 may be JSON, ids exact', () => {
    const text = `[[{"service":"cart","name":"n","resource":"r","trace_id":18446744073709551615,"span_id":2,"start":${START},"duration":1,"meta":{"a":"b"}}]]`;
    const body = new TextEncoder().encode(text);
    const [read] = spansOf(createDatadogTranslator().translate(body, { version: '0.3', tracer }));
    expect(bytesToHex(read!.traceId)).toBe(`${'0'.repeat(16)}${'f'.repeat(16)}`);
    expect(read!.startTimeUnixNano).toBe(START);
  });

  it('0.7 says in the body what others say in headers', () => {
    const payload = {
      language_name: 'go',
      tracer_version: '1.60',
      env: 'prod',
      chunks: [{ priority: 1, tags: { '_dd.p.tid': '6b010b8b00000000' }, spans: [span()] }],
    };
    const [read] = spansOf(translate(payload, '0.7'));
    expect(bytesToHex(read!.traceId)).toMatch(/^6b010b8b00000000/);
    expect(plain(read!.resource.attributes)).toMatchObject({
      'telemetry.sdk.language': 'go',
      'deployment.environment.name': 'prod',
    });
  });

  it.each([
    ['a map', { a: 1 }, '0.4', /traces: found something else before byte 4, wanted an array/],
    [
      'a trace that is none',
      [5],
      '0.4',
      /traces\[0\]: found something else before byte 2, wanted an array/,
    ],
    ['a span that is none', [[5]], '0.4', /traces\[0\]\[0\]: found something else, wanted a map/],
    ['0.5 of one part', [[]], '0.5', /wanted an array of two/],
    ['0.5 with a short span', [[''], [[[0, 0]]]], '0.5', /found 2 fields, wanted 12/],
    [
      '0.5 with a text that is not there',
      [[''], [[[9, 0, 0, 1, 1, 0, 1, 1, 0, {}, {}, 0]]]],
      '0.5',
      /found 9 at byte 6, wanted the place of one of 1 texts/,
    ],
  ] as const)('refuses %s', (_name, body, version, message) => {
    expect(() => translate(body, version)).toThrow(message);
  });

  it.each([
    ['nothing', []],
    ['a list that promises four thousand millions', [0xdd, 0xff, 0xff, 0xff, 0xff]],
    ['nested promises', Array.from({ length: 500 }, () => [0xdd, 0, 0xff, 0xff, 0xff]).flat()],
    ['deep nesting', Array.from({ length: 100_000 }, () => 0x91)],
    ['something behind', [0x90, 0x90]],
    ['a byte that no value begins with', [0x91, 0xc1]],
  ])('refuses %s without building it', (_name, bytes) => {
    const before = process.memoryUsage().heapUsed;
    const body = Uint8Array.from(bytes);
    expect(() => createDatadogTranslator().translate(body, { version: '0.4', tracer })).toThrow(
      TranslateError,
    );
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 * 1024 * 1024);
  });
});
