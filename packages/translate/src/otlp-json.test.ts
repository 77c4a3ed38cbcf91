import { readFileSync } from 'node:fs';
import {
  type AnyValue,
  anyValueOf,
  attributesOf,
  type Span,
  walkLimits,
  walkTraces,
} from '@clew/wire';
import { decodeTraces } from '@clew/wire/decode';
import { describe, expect, it } from 'vitest';
import { otlpJsonToProtobuf } from './otlp-json.ts';
import { TranslateError } from './translate-error.ts';

const fixture = (name: string) => new URL(`../fixtures/otlp-json/${name}`, import.meta.url);
const read = (name: string) => Uint8Array.from(readFileSync(fixture(name)));
const NOW_MS = 1_750_000_000_000;

const plain = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  startTimeUnixNano: '1750000000000000000',
  endTimeUnixNano: '1750000000000000005',
};

const around = (span: string) => `{"resourceSpans":[{"scopeSpans":[{"spans":[${span}]}]}]}`;
const translate = (json: string) => decodeTraces(otlpJsonToProtobuf(json));

/** The span that the JSON text of a span becomes. */
const spanOf = (json: string): Span =>
  translate(around(json)).resourceSpans[0]!.scopeSpans[0]!.spans[0]!;

/** The span that `plain` becomes with other fields. */
const spanWith = (fields: Record<string, unknown>) =>
  spanOf(JSON.stringify({ ...plain, ...fields }));

/** The value that the JSON text of an AnyValue becomes. */
const readValue = (json: string): AnyValue =>
  spanOf(`{"attributes":[{"key":"k","value":${json}}]}`).attributes[0]!.value;

const errorOf = (json: string): string => {
  try {
    otlpJsonToProtobuf(json);
  } catch (error) {
    if (error instanceof TranslateError) return error.message;
    throw error;
  }
  return 'nothing thrown';
};

describe('otlpJsonToProtobuf', () => {
  it('makes of a captured JSON request what the protobuf request of the same spans says', () => {
    const json = decodeTraces(otlpJsonToProtobuf(read('stock-sdk.bin')));
    expect(json).toEqual(decodeTraces(read('stock-sdk.pb')));
  });

  it('makes bytes that walk clean', () => {
    const bytes = otlpJsonToProtobuf(around(JSON.stringify(plain)));
    expect(walkTraces(bytes, walkLimits, NOW_MS)).toMatchObject({ verdict: 'clean', spans: 1 });
  });

  it('reads text and bytes, with and without a byte order mark', () => {
    const text = around(JSON.stringify({ ...plain, name: 'é' }));
    const bytes = new TextEncoder().encode(text);
    const marked = Uint8Array.from([0xef, 0xbb, 0xbf, ...bytes]);
    expect(otlpJsonToProtobuf(bytes)).toEqual(otlpJsonToProtobuf(text));
    expect(otlpJsonToProtobuf(marked)).toEqual(otlpJsonToProtobuf(text));
  });

  for (const nothing of ['{}', '{"resourceSpans":[]}', '{"resourceSpans":null}', '{"other":[1]}']) {
    it(`makes nothing of ${nothing}`, () => {
      expect(otlpJsonToProtobuf(nothing)).toEqual(new Uint8Array(0));
    });
  }

  it('takes snake_case names too', () => {
    const snake = `{"resource_spans":[{"schema_url":"r","scope_spans":[{"spans":[
      {"trace_id":"${plain.traceId}","start_time_unix_nano":"5","dropped_links_count":2,
       "attributes":[{"key":"k","value":{"kvlist_value":{"values":[]}}}]}]}]}]}`;
    const [group] = translate(snake).resourceSpans;
    expect(group!.schemaUrl).toBe('r');
    expect(group!.scopeSpans[0]!.spans[0]).toMatchObject({
      startTimeUnixNano: 5n,
      droppedLinksCount: 2,
      attributes: [{ key: 'k', value: { type: 'kvlist', value: [] } }],
    });
  });

  it('takes null for absent everywhere', () => {
    const span = spanWith({ name: null, kind: null, attributes: null, status: null, flags: null });
    expect(span).toEqual(spanWith({}));
    expect(readValue('{"stringValue":null,"intValue":"7"}')).toEqual(anyValueOf(7));
    expect(spanOf('{"attributes":[{"key":"k","value":null}]}').attributes[0]!.value).toEqual({
      type: 'empty',
    });
  });

  it('is not harmed by names that JavaScript knows', () => {
    const span = spanOf(
      `{"__proto__":{"name":"polluted"},"constructor":1,"toString":2,"spanId":"${plain.spanId}"}`,
    );
    expect(span.name).toBe('');
    expect(({} as { name?: unknown }).name).toBeUndefined();
    const attributes = '[{"key":"__proto__","value":{"__proto__":{"stringValue":"x"}}}]';
    expect(spanOf(`{"attributes":${attributes}}`).attributes).toEqual([
      { key: '__proto__', value: { type: 'empty' } },
    ]);
  });

  it('takes the last of duplicate names, as JSON.parse does', () => {
    expect(spanOf('{"name":"a","name":"b"}').name).toBe('b');
  });
});

describe('otlpJsonToProtobuf, on ids', () => {
  it('reads hex in any case', () => {
    const upper = spanWith({
      traceId: plain.traceId.toUpperCase(),
      parentSpanId: 'B7aD6b7169203331',
    });
    expect(upper.traceId).toEqual(spanWith({}).traceId);
    expect(upper.parentSpanId).toEqual(upper.spanId);
  });

  const bad: [string, Record<string, unknown>, string][] = [
    ['short', { traceId: 'abcd' }, 'trace-id'],
    ['no hex', { traceId: 'x'.repeat(32) }, 'trace-id'],
    ['base64', { spanId: 't61rcWkgMzE=' }, 'span-id'],
    ['a number', { spanId: 12 }, 'span-id'],
    ['odd', { parentSpanId: 'abc' }, 'parent-span-id'],
    ['no hex, as a parent', { parentSpanId: 'none' }, 'parent-span-id'],
  ];
  for (const [what, fields, reason] of bad) {
    it(`leaves one that is ${what} to the walk`, () => {
      const bytes = otlpJsonToProtobuf(around(JSON.stringify({ ...plain, ...fields })));
      expect(walkTraces(bytes, walkLimits, NOW_MS)).toMatchObject({ verdict: 'mend', reason });
    });
  }
});

describe('otlpJsonToProtobuf, on numbers', () => {
  it('keeps 64-bit integers exactly, as strings and as numbers', () => {
    for (const time of ['1750000000123456789', '"1750000000123456789"']) {
      expect(spanOf(`{"startTimeUnixNano":${time}}`).startTimeUnixNano).toBe(1750000000123456789n);
    }
    for (const int of ['-9223372036854775808', '"-9223372036854775808"', '9007199254740993']) {
      const value = BigInt(int.replaceAll('"', ''));
      expect(readValue(`{"intValue":${int}}`)).toEqual(anyValueOf(value));
    }
    expect(spanOf('{"endTimeUnixNano":18446744073709551615}').endTimeUnixNano).toBe(2n ** 64n - 1n);
  });

  it('takes whole numbers written as doubles', () => {
    expect(readValue('{"intValue":1e3}')).toEqual(anyValueOf(1000));
    expect(readValue('{"intValue":5.0}')).toEqual(anyValueOf(5));
  });

  it('keeps an int of more than 64 bits, as the stock SDK sends 1e21, as a double', () => {
    for (const int of ['1e21', '9223372036854775808', '"100000000000000000000"']) {
      const value = Number(int.replaceAll('"', ''));
      expect(readValue(`{"intValue":${int}}`)).toEqual({ type: 'double', value });
    }
  });

  it('leaves digits in strings alone, whatever surrounds them', () => {
    const text = 'a:1234567890123456789,"[1234567890123456789]\\';
    expect(readValue(`{"stringValue":${JSON.stringify(text)}}`)).toEqual(anyValueOf(text));
  });

  const doubles: [string, number][] = [
    ['0.1', 0.1],
    ['-0', -0],
    ['5', 5],
    ['12345678901234567890', Number('12345678901234567890')],
    ['1234567890123456789.5', Number('1234567890123456789.5')],
    ['1234567890123456e3', 1234567890123456e3],
    ['0.0000010000000000000002', 1.0000000000000002e-6],
    ['1e-0000000000000000001', 0.1],
    ['-12345678901234567', Number('-12345678901234567')],
    ['"0.25"', 0.25],
    ['"1e-3"', 0.001],
    ['"NaN"', Number.NaN],
    ['"Infinity"', Number.POSITIVE_INFINITY],
    ['"-Infinity"', Number.NEGATIVE_INFINITY],
  ];
  for (const [json, value] of doubles) {
    it(`reads the double ${json}`, () => {
      expect(readValue(`{"doubleValue":${json}}`)).toEqual({ type: 'double', value });
    });
  }

  it('takes enums as numbers, strings of digits and names', () => {
    expect([2, '2', 'SPAN_KIND_SERVER'].map((kind) => spanWith({ kind }).kind)).toEqual([2, 2, 2]);
    expect(
      [2, 'STATUS_CODE_ERROR'].map((code) => spanWith({ status: { code } }).status.code),
    ).toEqual([2, 2]);
    expect(spanWith({ kind: -1 }).kind).toBe(-1);
  });
});

describe('otlpJsonToProtobuf, on values', () => {
  const values: [string, AnyValue][] = [
    ['{"stringValue":""}', anyValueOf('')],
    ['{"boolValue":false}', anyValueOf(false)],
    ['{"intValue":0}', anyValueOf(0)],
    ['{"doubleValue":0}', { type: 'double', value: 0 }],
    ['{"arrayValue":{}}', anyValueOf([])],
    ['{"arrayValue":{"values":[{"intValue":"1"},{}]}}', anyValueOf([1, null])],
    [
      '{"kvlistValue":{"values":[{"key":"a","value":{"boolValue":true}}]}}',
      anyValueOf({ a: true }),
    ],
    ['{"bytesValue":""}', anyValueOf(new Uint8Array(0))],
    ['{"bytesValue":"+/8="}', anyValueOf(Uint8Array.of(0xfb, 0xff))],
    ['{"bytesValue":"-_8"}', anyValueOf(Uint8Array.of(0xfb, 0xff))],
    ['{}', { type: 'empty' }],
    ['{"someDay":1}', { type: 'empty' }],
  ];
  for (const [json, value] of values) {
    it(`reads ${json}`, () => {
      expect(readValue(json)).toEqual(value);
    });
  }

  it('lets the last of two members win', () => {
    expect(readValue('{"stringValue":"a","intValue":"1"}')).toEqual(anyValueOf(1));
    expect(readValue('{"intValue":"1","stringValue":"a"}')).toEqual(anyValueOf('a'));
  });

  it('reads every other field', () => {
    const span = spanWith({
      traceState: 'a=b',
      name: 'n',
      events: [{ timeUnixNano: '5', name: 'e', attributes: [], droppedAttributesCount: 1 }],
      links: [{ traceId: plain.traceId, spanId: plain.spanId, traceState: 'c=d', flags: 257 }],
      droppedAttributesCount: '4294967295',
      status: { message: 'no', code: 2 },
      flags: 4294967295,
    });
    expect(span).toMatchObject({
      traceState: 'a=b',
      events: [{ timeUnixNano: 5n, name: 'e', droppedAttributesCount: 1 }],
      links: [{ traceState: 'c=d', flags: 257 }],
      droppedAttributesCount: 0xffffffff,
      status: { message: 'no', code: 2 },
      flags: 0xffffffff,
    });
    const resource = { attributes: [{ key: 'k', value: { stringValue: 'v' } }] };
    const scope = { name: 's', version: '1', ...resource, droppedAttributesCount: 3 };
    const [group] = translate(
      JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope, schemaUrl: 'u' }] }] }),
    ).resourceSpans;
    expect(group!.resource.attributes).toEqual(attributesOf({ k: 'v' }));
    expect(group!.scopeSpans[0]).toMatchObject({
      scope: { name: 's', version: '1', droppedAttributesCount: 3 },
      schemaUrl: 'u',
    });
  });
});

describe('otlpJsonToProtobuf, on what does not fit', () => {
  const path = 'resourceSpans[0].scopeSpans[0].spans[0]';
  const any = `${path}.attributes[0].value`;
  const value = (json: string) => around(`{"attributes":[{"key":"k","value":${json}}]}`);
  const errors: [string, string][] = [
    ['[]', 'found an array, wanted an object'],
    ['"text"', 'found "text", wanted an object'],
    ['null', 'found null, wanted an object'],
    ['{"resourceSpans":{}}', 'resourceSpans: found an object, wanted an array'],
    ['{"resourceSpans":[5]}', 'resourceSpans[0]: found 5, wanted an object'],
    ['{"resourceSpans":[null]}', 'resourceSpans[0]: found null, wanted an object'],
    [
      around('{"startTimeUnixNano":"abc"}'),
      `${path}.startTimeUnixNano: found "abc", wanted a decimal integer`,
    ],
    [
      around('{"startTimeUnixNano":1.5}'),
      `${path}.startTimeUnixNano: found 1.5, wanted a decimal integer`,
    ],
    [
      around('{"startTimeUnixNano":-1}'),
      `${path}.startTimeUnixNano: found -1, wanted an integer of 0 … 2^64 - 1`,
    ],
    [
      around('{"endTimeUnixNano":18446744073709551616}'),
      `${path}.endTimeUnixNano: found "18446744073709551616", wanted an integer of 0 … 2^64 - 1`,
    ],
    [around('{"name":5}'), `${path}.name: found 5, wanted a string`],
    [around('{"kind":"SERVER"}'), `${path}.kind: found "SERVER", wanted an enum number`],
    [
      around('{"kind":4294967296}'),
      `${path}.kind: found 4294967296, wanted an enum number of 32 bits`,
    ],
    [around('{"flags":-1}'), `${path}.flags: found -1, wanted an integer of 0 … 2^32 - 1`],
    [
      around('{"events":[{},{"timeUnixNano":true}]}'),
      `${path}.events[1].timeUnixNano: found true, wanted a decimal integer`,
    ],
    [value('{"stringValue":5}'), `${any}.stringValue: found 5, wanted a string`],
    [value('{"boolValue":"true"}'), `${any}.boolValue: found "true", wanted true or false`],
    [value('{"intValue":"1.5"}'), `${any}.intValue: found "1.5", wanted a decimal integer`],
    [
      value('{"doubleValue":"many"}'),
      `${any}.doubleValue: found "many", wanted a number, "NaN", "Infinity" or "-Infinity"`,
    ],
    [value('{"bytesValue":"a"}'), `${any}.bytesValue: found "a", wanted base64`],
    [value('{"bytesValue":"a*=="}'), `${any}.bytesValue: found "a*==", wanted base64`],
    [value('{"arrayValue":[1]}'), `${any}.arrayValue: found an array, wanted an object`],
    [
      value('{"kvlistValue":{"values":[{"key":1}]}}'),
      `${any}.kvlistValue.values[0].key: found 1, wanted a string`,
    ],
    [
      around(`{"kind":"${'K'.repeat(60)}"}`),
      `${path}.kind: found "${'K'.repeat(39)}…, wanted an enum number`,
    ],
  ];
  for (const [json, message] of errors) {
    it(`says: ${message}`, () => {
      expect(errorOf(json)).toBe(message);
    });
  }

  for (const malformed of [
    '',
    '{',
    '{"resourceSpans":[}',
    "{'a':1}",
    '{"a":"',
    '{}x',
    'NaN',
    '[1,]',
  ]) {
    it(`says that ${JSON.stringify(malformed)} is malformed`, () => {
      expect(errorOf(malformed)).toMatch(/^found malformed JSON \(.+\)$/);
    });
  }

  it('says that bytes are no UTF-8', () => {
    expect(() => otlpJsonToProtobuf(Uint8Array.of(0x22, 0xff, 0x22))).toThrow('no UTF-8');
  });

  it('refuses deep nesting before building anything of it', () => {
    const deep = (levels: number) => `{"other":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    expect(errorOf(deep(511))).toBe('nothing thrown');
    expect(errorOf(deep(512))).toBe('found JSON nested deeper than 512 levels at character 520');
    expect(errorOf('['.repeat(1_000_000))).toContain('nested deeper');
  });

  it('takes values as deep as the walk can be set to', () => {
    let json = '{"intValue":1}';
    for (let depth = 1; depth < 64; depth += 1) {
      json = `{"kvlistValue":{"values":[{"key":"k","value":${json}}]}}`;
    }
    expect(readValue(json).type).toBe('kvlist');
  });
});
