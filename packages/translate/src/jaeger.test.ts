import { createWriter, type Writer } from '@clew/wire';
import { decodeTraces } from '@clew/wire/decode';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  binaryMessage,
  binaryStruct,
  compactMessage,
  type ThriftStruct,
  type ThriftValue,
} from '../test/thrift-writer.ts';
import { jaegerPostSpansToOtlp } from './jaeger-proto.ts';
import { jaegerBatchToOtlp, jaegerBinaryToOtlp, jaegerCompactToOtlp } from './jaeger-thrift.ts';
import { otlpJson } from './to-otlp-json.ts';
import { TranslateError } from './translate-error.ts';

type TagValue = string | number | bigint | boolean | Uint8Array;
type Tags = readonly (readonly [string, TagValue])[];

interface Span {
  readonly id?: bigint;
  readonly parent?: bigint;
  readonly name?: string;
  readonly flags?: number;
  readonly startUs?: bigint;
  readonly durationUs?: bigint;
  readonly tags?: Tags;
  readonly references?: readonly { type: number; trace: bigint; id: bigint }[];
  readonly logs?: readonly { us: bigint; fields: Tags }[];
}

const TRACE = 0x8000_0000_0000_0001n;
const START = 1_795_000_000_000_000n;

function thriftTag([key, value]: readonly [string, TagValue]): ThriftStruct {
  const [type, field, held] = thriftValue(value);
  return [
    [1, { text: key }],
    [2, { i32: type }],
    [field, held],
  ];
}

function thriftValue(value: TagValue): [number, number, ThriftValue] {
  if (typeof value === 'string') return [0, 3, { text: value }];
  if (typeof value === 'number') return [1, 4, { double: value }];
  if (typeof value === 'boolean') return [2, 5, { bool: value }];
  if (typeof value === 'bigint') return [3, 6, { i64: value }];
  return [4, 7, { bytes: value }];
}

function thriftSpan(span: Span): ThriftStruct {
  return [
    [1, { i64: BigInt.asIntN(64, TRACE) }],
    [2, { i64: 5n }],
    [3, { i64: BigInt.asIntN(64, span.id ?? 7n) }],
    [4, { i64: BigInt.asIntN(64, span.parent ?? 0n) }],
    [5, { text: span.name ?? 'work' }],
    [
      6,
      {
        structs: (span.references ?? []).map(({ type, trace, id }) => [
          [1, { i32: type }],
          [2, { i64: BigInt.asIntN(64, trace) }],
          [3, { i64: 5n }],
          [4, { i64: id }],
        ]),
      },
    ],
    [7, { i32: span.flags ?? 0 }],
    [8, { i64: span.startUs ?? START }],
    [9, { i64: span.durationUs ?? 250n }],
    [10, { structs: (span.tags ?? []).map(thriftTag) }],
    [
      11,
      {
        structs: (span.logs ?? []).map(({ us, fields }) => [
          [1, { i64: us }],
          [2, { structs: fields.map(thriftTag) }],
        ]),
      },
    ],
  ];
}

function batch(spans: readonly Span[], service = 'shop', tags: Tags = []): ThriftStruct {
  const process: ThriftStruct = [
    [1, { text: service }],
    [2, { structs: tags.map(thriftTag) }],
  ];
  return [
    [1, { struct: process }],
    [2, { structs: spans.map(thriftSpan) }],
  ];
}

// ── The protobuf form ───────────────────────────────────────────────────────────────────────────

function message(to: Writer, field: number, write: () => void): void {
  const mark = to.begin(field);
  write();
  to.end(mark);
}

function protoTag(to: Writer, field: number, [key, value]: readonly [string, TagValue]): void {
  message(to, field, () => {
    to.string(1, key);
    to.varint(2, protoType(value));
    if (typeof value === 'string') to.string(3, value);
    else if (typeof value === 'boolean') to.bool(4, value);
    else if (typeof value === 'bigint') to.varint64(5, value);
    else if (typeof value === 'number') to.double(6, value);
    else to.bytes(7, value);
  });
}

function protoType(value: TagValue): number {
  const types = ['string', 'boolean', 'bigint', 'number', 'object'];
  return types.indexOf(typeof value);
}

function idBytes(...words: bigint[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(8 * words.length));
  for (const [place, word] of words.entries())
    view.setBigUint64(8 * place, BigInt.asUintN(64, word));
  return new Uint8Array(view.buffer);
}

function protoTime(to: Writer, field: number, us: bigint): void {
  message(to, field, () => {
    to.varint64(1, us / 1_000_000n);
    to.varint64(2, (us % 1_000_000n) * 1000n);
  });
}

function protoSpan(to: Writer, span: Span): void {
  to.bytes(1, idBytes(5n, TRACE));
  to.bytes(2, idBytes(span.id ?? 7n));
  to.string(3, span.name ?? 'work');
  const parent = { type: 0, trace: TRACE, id: span.parent ?? 0n };
  for (const { type, trace, id } of [...(parent.id ? [parent] : []), ...(span.references ?? [])]) {
    message(to, 4, () => {
      to.bytes(1, idBytes(5n, trace));
      to.bytes(2, idBytes(id));
      to.varint(3, type);
    });
  }
  to.varint(5, span.flags ?? 0);
  protoTime(to, 6, span.startUs ?? START);
  protoTime(to, 7, span.durationUs ?? 250n);
  for (const tag of span.tags ?? []) protoTag(to, 8, tag);
  for (const { us, fields } of span.logs ?? []) {
    message(to, 9, () => {
      protoTime(to, 1, us);
      for (const tag of fields) protoTag(to, 2, tag);
    });
  }
}

function postSpans(spans: readonly Span[], service = 'shop', tags: Tags = []): Uint8Array {
  const to = createWriter();
  message(to, 1, () => {
    for (const span of spans) message(to, 1, () => protoSpan(to, span));
    message(to, 2, () => {
      to.string(1, service);
      for (const tag of tags) protoTag(to, 2, tag);
    });
  });
  return to.finish();
}

// ── What is expected ────────────────────────────────────────────────────────────────────────────

function readAll(spans: readonly Span[], service?: string, tags?: Tags) {
  const { resourceSpans } = decodeTraces(
    jaegerBatchToOtlp(binaryStruct(batch(spans, service, tags))),
  );
  return resourceSpans;
}

function readOne(span: Span) {
  const found = readAll([span])[0]?.scopeSpans[0];
  const read = found?.spans[0];
  if (found === undefined || read === undefined) throw new Error('no span');
  const attributes = Object.fromEntries(
    read.attributes.map(({ key, value }) => [key, 'value' in value ? value.value : null]),
  );
  return { ...read, attributes, scope: found.scope };
}

describe('a span', () => {
  it('keeps ids, name and times', () => {
    const span = readOne({ id: 0xffff_ffff_ffff_fff0n, parent: 3n, name: 'GET /' });
    expect(Buffer.from(span.traceId).toString('hex')).toBe('00000000000000058000000000000001');
    expect(Buffer.from(span.spanId).toString('hex')).toBe('fffffffffffffff0');
    expect(Buffer.from(span.parentSpanId).toString('hex')).toBe('0000000000000003');
    expect(span.name).toBe('GET /');
    expect(span.startTimeUnixNano).toBe(START * 1000n);
    expect(span.endTimeUnixNano).toBe((START + 250n) * 1000n);
  });

  it('keeps every type of tag', () => {
    const { attributes } = readOne({
      tags: [
        ['text', 'Grüße 😀'],
        ['empty', ''],
        ['yes', true],
        ['no', false],
        ['most', 2n ** 63n - 1n],
        ['least', -(2n ** 63n)],
        ['half', 0.5],
        ['bytes', Uint8Array.of(0, 255)],
      ],
    });
    expect(attributes).toEqual({
      text: 'Grüße 😀',
      empty: '',
      yes: true,
      no: false,
      most: 2n ** 63n - 1n,
      least: -(2n ** 63n),
      half: 0.5,
      bytes: Uint8Array.of(0, 255),
    });
  });

  it.each([
    ['client', 3],
    ['server', 2],
    ['producer', 4],
    ['consumer', 5],
    ['internal', 1],
  ])('of kind %s is told by its tag', (kind, number) => {
    const span = readOne({ tags: [['span.kind', kind]] });
    expect(span.kind).toBe(number);
    expect(span.attributes).toEqual({});
  });

  it('keeps a kind that OpenTelemetry does not have as what it is', () => {
    const span = readOne({ tags: [['span.kind', 'proxy']] });
    expect(span.kind).toBe(0);
    expect(span.attributes).toEqual({ 'span.kind': 'proxy' });
  });

  it.each<[string, Tags, number, string, object]>([
    ['error true', [['error', true]], 2, '', {}],
    ['error as text', [['error', 'true']], 2, '', {}],
    ['error false', [['error', false]], 0, '', { error: false }],
    ['error with other text', [['error', 'timeout']], 0, '', { error: 'timeout' }],
    [
      'error with a description',
      [
        ['error', true],
        ['otel.status_description', 'gone'],
      ],
      2,
      'gone',
      {},
    ],
    [
      'error with what HTTP said',
      [
        ['error', true],
        ['http.status_message', 'Gone'],
      ],
      2,
      'Gone',
      { 'http.status_message': 'Gone' },
    ],
    ['a status code', [['otel.status_code', 'OK']], 1, '', {}],
    ['a code in lower case', [['otel.status_code', 'error']], 2, '', {}],
    [
      'error before the code',
      [
        ['otel.status_code', 'OK'],
        ['error', true],
      ],
      2,
      '',
      {},
    ],
    ['an unknown code', [['otel.status_code', 'MAYBE']], 0, '', { 'otel.status_code': 'MAYBE' }],
    [
      'a description alone',
      [['otel.status_description', 'x']],
      0,
      '',
      { 'otel.status_description': 'x' },
    ],
    ['HTTP 500', [['http.status_code', 500n]], 2, '', { 'http.status_code': 500n }],
    ['HTTP 503 as a double', [['http.status_code', 503]], 2, '', { 'http.status_code': 503 }],
    ['HTTP 404', [['http.status_code', 404n]], 0, '', { 'http.status_code': 404n }],
    [
      'HTTP 404 at a client',
      [
        ['http.status_code', '404'],
        ['span.kind', 'client'],
      ],
      2,
      '',
      { 'http.status_code': '404' },
    ],
    [
      'HTTP 404 at a server',
      [
        ['http.status_code', 404n],
        ['span.kind', 'server'],
      ],
      0,
      '',
      { 'http.status_code': 404n },
    ],
  ])('has the status of %s', (_what, tags, code, text, attributes) => {
    const span = readOne({ tags });
    expect(span.status).toEqual({ code, message: text });
    expect(span.attributes).toEqual(attributes);
  });

  it('takes the state, the scope and the dropped counts from their tags', () => {
    const span = readOne({
      tags: [
        ['w3c.tracestate', 'a=1'],
        ['otel.scope.name', 'shop'],
        ['otel.scope.version', '2'],
        ['otel.dropped_attributes_count', 3n],
        ['otel.dropped_events_count', 4],
        ['otel.dropped_links_count', '5'],
      ],
    });
    expect(span).toMatchObject({
      traceState: 'a=1',
      droppedAttributesCount: 3,
      droppedEventsCount: 4,
      droppedLinksCount: 5,
      attributes: {},
      scope: { name: 'shop', version: '2' },
    });
  });

  it('says whether it was sampled and debugged', () => {
    expect(readOne({ flags: 1 })).toMatchObject({ flags: 1, attributes: {} });
    expect(readOne({ flags: 3 })).toMatchObject({ flags: 1, attributes: { 'jaeger.debug': true } });
  });

  it('has its logs as events', () => {
    const { events } = readOne({
      logs: [
        {
          us: START,
          fields: [
            ['event', 'error'],
            ['message', 'out of stock'],
            ['n', 2n],
          ],
        },
        { us: START + 1n, fields: [['message', 'named by its message']] },
        { us: START + 2n, fields: [['n', 1n]] },
      ],
    });
    const read = events.map(({ name, timeUnixNano, attributes }) => ({
      name,
      us: timeUnixNano / 1000n - START,
      keys: attributes.map(({ key }) => key),
    }));
    expect(read).toEqual([
      { name: 'error', us: 0n, keys: ['n', 'message'] },
      { name: 'named by its message', us: 1n, keys: [] },
      { name: '', us: 2n, keys: ['n'] },
    ]);
  });
});

describe('references', () => {
  const links = (span: Span) =>
    readOne(span).links.map(({ spanId, attributes }) => [
      Buffer.from(spanId).toString('hex').slice(-1),
      attributes.map(({ value }) => ('value' in value ? value.value : '')).join(),
    ]);
  const parent = (span: Span) => Buffer.from(readOne(span).parentSpanId).toString('hex').slice(-1);
  const child = { type: 0, trace: TRACE, id: 3n };
  const follows = { type: 1, trace: TRACE, id: 4n };
  const elsewhere = { type: 0, trace: 9n, id: 6n };

  it('to the parent is no link', () => {
    expect(links({ parent: 3n, references: [child] })).toEqual([]);
  });

  it('name the parent where the span does not: child_of before follows_from', () => {
    expect(parent({ references: [follows, child] })).toBe('3');
    expect(parent({ references: [follows] })).toBe('4');
    expect(parent({ references: [elsewhere] })).toBe('');
  });

  it('to others are links that say how', () => {
    expect(links({ parent: 3n, references: [child, follows, elsewhere] })).toEqual([
      ['4', 'follows_from'],
      ['6', 'child_of'],
    ]);
  });

  it('beyond thousands are counted', () => {
    const references = Array.from({ length: 5000 }, () => follows);
    const span = readOne({ parent: 3n, references });
    expect(span.links.length + span.droppedLinksCount).toBe(5000);
  });
});

describe('a process', () => {
  const resource = (service: string, tags: Tags) =>
    Object.fromEntries(
      (readAll([{}], service, tags)[0]?.resource?.attributes ?? []).map(({ key, value }) => [
        key,
        'value' in value ? value.value : null,
      ]),
    );

  it('is the resource', () => {
    expect(
      resource('shop', [
        ['hostname', 'a1'],
        ['jaeger.version', 'Go-2.30'],
        ['n', 1n],
      ]),
    ).toEqual({
      'service.name': 'shop',
      'host.name': 'a1',
      'jaeger.version': 'Go-2.30',
      n: 1n,
    });
  });

  it('keeps both names of its host when it has both', () => {
    const tags: Tags = [
      ['hostname', 'a1'],
      ['host.name', 'b2'],
    ];
    expect(resource('shop', tags)).toEqual({
      'service.name': 'shop',
      hostname: 'a1',
      'host.name': 'b2',
    });
  });

  it.each(['', 'OTLPResourceNoServiceName'])('called %j has no name', (service) => {
    expect(resource(service, [])).toEqual({});
  });

  it('behind its spans is theirs all the same', () => {
    const [process, spans] = batch([{}, {}]);
    const bytes = binaryStruct([spans!, process!]);
    expect(decodeTraces(jaegerBatchToOtlp(bytes))).toEqual(
      decodeTraces(jaegerBatchToOtlp(binaryStruct([process!, spans!]))),
    );
  });

  it('of a single span groups it apart', () => {
    const to = createWriter();
    message(to, 1, () => {
      message(to, 1, () => protoSpan(to, {}));
      message(to, 1, () => {
        protoSpan(to, { id: 8n });
        message(to, 10, () => to.string(1, 'other'));
      });
      message(to, 2, () => to.string(1, 'shop'));
    });
    const { resourceSpans } = decodeTraces(jaegerPostSpansToOtlp(to.finish()));
    expect(resourceSpans.map(({ scopeSpans }) => scopeSpans[0]?.spans.length)).toEqual([1, 1]);
  });
});

describe('the three encodings', () => {
  const tagValue: fc.Arbitrary<TagValue> = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.double({ noNaN: true }),
    fc.boolean(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.uint8Array({ maxLength: 20 }),
  );
  const key = fc.oneof(
    fc.string(),
    fc.constantFrom('error', 'span.kind', 'event', 'message', 'otel.status_code', 'hostname'),
  );
  const tags = fc.array(fc.tuple(key, tagValue), { maxLength: 20 });
  const id = fc.bigInt({ min: 1n, max: 2n ** 63n - 1n });
  const us = fc.bigInt({ min: 1n, max: 2n ** 52n });
  const span: fc.Arbitrary<Span> = fc.record({
    id,
    name: fc.string({ minLength: 1, unit: 'grapheme' }),
    flags: fc.nat(3),
    startUs: us,
    durationUs: us,
    tags,
    logs: fc.array(fc.record({ us, fields: tags }), { maxLength: 3 }),
    references: fc.array(fc.record({ type: fc.nat(1), trace: fc.constantFrom(TRACE, 9n), id }), {
      maxLength: 3,
    }),
  });

  it('mean the same', () => {
    fc.assert(
      fc.property(fc.array(span, { maxLength: 8 }), fc.string(), tags, (spans, service, of) => {
        const struct = batch(spans, service, of);
        const binary = otlpJson(jaegerBatchToOtlp(binaryStruct(struct)));
        const args: ThriftStruct = [[1, { struct }]];
        expect(otlpJson(jaegerBinaryToOtlp(binaryMessage('emitBatch', args)))).toBe(binary);
        expect(otlpJson(jaegerCompactToOtlp(compactMessage('emitBatch', args)))).toBe(binary);
        expect(decodeTraces(jaegerPostSpansToOtlp(postSpans(spans, service, of)))).toEqual(
          decodeTraces(jaegerBatchToOtlp(binaryStruct(struct))),
        );
      }),
      { numRuns: 50, seed: 1 },
    );
  });
});

describe('bytes that are none', () => {
  const args: ThriftStruct = [[1, { struct: batch([{}]) }]];

  it.each<[string, () => Uint8Array, RegExp]>([
    ['no bytes', () => jaegerBatchToOtlp(new Uint8Array(0)), /1 bytes where 0 are left/],
    [
      'another call',
      () => jaegerCompactToOtlp(compactMessage('emitZipkinBatch', args)),
      /emitBatch/,
    ],
    [
      'a call without a batch',
      () => jaegerCompactToOtlp(compactMessage('emitBatch', [])),
      /without/,
    ],
    ['the other encoding', () => jaegerCompactToOtlp(binaryMessage('emitBatch', args)), /compact/],
    ['the other encoding', () => jaegerBinaryToOtlp(compactMessage('emitBatch', args)), /binary/],
    [
      'a list that claims two thousand million spans',
      () => jaegerBatchToOtlp(Uint8Array.of(12, 0, 1, 0, 15, 0, 2, 12, 0x7f, 0xff, 0xff, 0xff)),
      /2147483647 elements/,
    ],
    [
      'a name that claims more than there is',
      () => jaegerBatchToOtlp(Uint8Array.of(12, 0, 1, 11, 0, 1, 0x7f, 0, 0, 0, 65)),
      /bytes where 1 are left/,
    ],
    ['no protobuf', () => jaegerPostSpansToOtlp(Uint8Array.of(0x0a, 5, 1)), /ends past/],
  ])('%s is refused', (_what, translate, words) => {
    expect(translate).toThrow(TranslateError);
    expect(translate).toThrow(words);
  });

  it('are refused when nested without end', () => {
    const nested = new Uint8Array(3 * 1000).map((_, at) =>
      at % 3 === 0 ? 12 : at % 3 === 2 ? 9 : 0,
    );
    expect(() => jaegerBatchToOtlp(nested)).toThrow(/nested deeper/);
  });

  it('are refused when they hold more spans than a request may', () => {
    const bytes = new Uint8Array(100_000);
    // An empty process, then a list of structs that end at once.
    bytes.set([12, 0, 1, 0, 15, 0, 2, 12, 0, 1, 0x80, 0]);
    expect(() => jaegerBatchToOtlp(bytes)).toThrow(/more than 50000 spans/);
  });
});
