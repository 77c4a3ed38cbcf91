import { bytesToHex, type KeyValue, type Span, walkLimits, walkTraces } from '@clew/wire';
import { decodeTraces } from '@clew/wire/decode';
import { encode } from '@msgpack/msgpack';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capture, damaged } from '../test/captures.ts';
import { createDatadogTranslator } from './datadog.ts';
import type { DatadogVersion } from './datadog-body.ts';
import { datadogTracer } from './datadog-origin.ts';
import { otlpJson } from './to-otlp-json.ts';
import { TranslateError } from './translate-error.ts';

const tracer = datadogTracer((name) => {
  const headers: Record<string, string> = {
    'datadog-meta-lang': 'nodejs',
    'datadog-meta-tracer-version': '5.132.0',
  };
  return headers[name];
});
const START = 1_770_000_000_000_000_000n;
const START_MS = 1_770_000_000_000;

const pack = (value: unknown) => encode(value, { useBigInt64: true });
const translate = (value: unknown, version: DatadogVersion = '0.4') =>
  createDatadogTranslator().translate(pack(value), { version, tracer });
const span = (more: Record<string, unknown> = {}) => ({
  service: 'cart',
  name: 'web.request',
  resource: 'GET /cart',
  type: 'web',
  trace_id: 0xfedc_ba98_7654_3210n,
  span_id: 2n,
  parent_id: 0n,
  start: START,
  duration: 5_000_000,
  error: 0,
  meta: {},
  metrics: {},
  ...more,
});

const spansOf = (bytes: Uint8Array) =>
  decodeTraces(bytes).resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans.map((one) => ({ ...one, resource }))),
  );
const only = (more?: Record<string, unknown>, version?: DatadogVersion) =>
  spansOf(translate([[span(more)]], version))[0]!;
const plain = (attributes: readonly KeyValue[]) =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [key, 'value' in value ? value.value : undefined]),
  );

describe('captures of dd-trace', () => {
  it.each([
    ['dd-trace-v0.4', '0.4'],
    ['dd-trace-v0.4-span-events', '0.4'],
    ['dd-trace-v0.5', '0.5'],
  ] as const)('%s', async (name, version) => {
    const body = capture(`datadog/${name}.bin`);
    const otlp = createDatadogTranslator().translate(body, { version, tracer });
    expect(walkTraces(otlp, walkLimits, 1_795_232_650_000)).toMatchObject({
      verdict: 'clean',
      spans: 4,
    });
    const text = `${JSON.stringify(JSON.parse(otlpJson(otlp)), null, 2)}\n`;
    await expect(text).toMatchFileSnapshot(`../fixtures/datadog/${name}.otlp.json`);
  });
});

describe('ids', () => {
  const tid = '6b010b8b00000000';
  const low = 'fedcba9876543210';
  const traceIds = (bytes: Uint8Array) => spansOf(bytes).map(({ traceId }) => bytesToHex(traceId));

  it('the upper half of one span counts for the whole chunk', () => {
    const chunk = [span(), span({ span_id: 3n, meta: { '_dd.p.tid': tid } })];
    expect(traceIds(translate([chunk]))).toEqual([tid + low, tid + low]);
  });

  it('and for later chunks of the trace that come without, but not for other traces', () => {
    const translator = createDatadogTranslator();
    const send = (...spans: object[]) =>
      traceIds(translator.translate(pack([spans]), { version: '0.4', tracer }));
    expect(send(span())).toEqual(['0'.repeat(16) + low]);
    send(span({ meta: { '_dd.p.tid': tid } }));
    expect(send(span({ span_id: 4n }))).toEqual([tid + low]);
    expect(send(span({ trace_id: 9n }))).toEqual([`${'0'.repeat(31)}9`]);
  });

  it('and for chunks before and behind it in the same request, however many traces there are', () => {
    const translator = createDatadogTranslator(1);
    const chunks = [
      [span(), span({ trace_id: 9n, span_id: 3n })],
      [span({ span_id: 4n, meta: { '_dd.p.tid': tid } })],
      [span({ trace_id: 10n, span_id: 5n, meta: { '_dd.p.tid': tid } })],
      [span({ span_id: 6n })],
    ];
    const [first, other, ...rest] = traceIds(
      translator.translate(pack(chunks), { version: '0.4', tracer }),
    );
    expect([first, ...rest]).toEqual([
      tid + low,
      tid + low,
      `${tid}${'a'.padStart(16, '0')}`,
      tid + low,
    ]);
    expect(other).toBe(`${'0'.repeat(31)}9`);
  });

  it('a trace that goes on is not forgotten for younger ones, nor for an upper half of zeros', () => {
    const translator = createDatadogTranslator(2);
    const send = (id: bigint, meta: object) =>
      traceIds(
        translator.translate(pack([[span({ trace_id: id, meta })]]), { version: '0.4', tracer }),
      )[0];
    for (const id of [1n, 2n]) send(id, { '_dd.p.tid': tid });
    const whole = `${tid}${'1'.padStart(16, '0')}`;
    expect(send(1n, {})).toBe(whole);
    send(3n, { '_dd.p.tid': tid });
    expect(send(1n, { '_dd.p.tid': '0'.repeat(16) })).toBe(whole);
    expect(send(2n, {})).toBe(`${'0'.repeat(31)}2`);
  });

  it('remembers no more traces than it may', () => {
    const translator = createDatadogTranslator(2);
    const send = (id: bigint, meta: object) =>
      traceIds(
        translator.translate(pack([[span({ trace_id: id, meta })]]), { version: '0.4', tracer }),
      )[0];
    for (const id of [1n, 2n, 3n]) send(id, { '_dd.p.tid': tid });
    expect(send(1n, {})).toBe(`${'0'.repeat(31)}1`);
    expect(send(3n, {})).toBe(`${tid}${'0'.repeat(15)}3`);
  });

  it.each(['', 'xyz', '6b010b8b0000000', `${tid}0`])('%j is no upper half', (text) => {
    expect(traceIds(translate([[span({ meta: { '_dd.p.tid': text } })]]))[0]).toMatch(/^0{16}/);
  });

  it('reads ids of every width, and negative ones as their bits', () => {
    expect(bytesToHex(only({ span_id: 255 }).spanId)).toBe('00000000000000ff');
    expect(bytesToHex(only({ span_id: -2n }).spanId)).toBe('fffffffffffffffe');
    expect(only({ parent_id: 7 }).parentSpanId).toEqual(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 7));
    expect(only().parentSpanId).toHaveLength(0);
  });
});

describe('a span', () => {
  it.each([
    [{ type: 'web' }, 'GET /cart', 2],
    [{ type: 'sql', name: 'pg.query', resource: 'SELECT 1' }, 'pg.query', 3],
    [{ type: 'redis', name: 'redis.command', resource: 'GET' }, 'redis.command', 3],
    [{ type: 'http', resource: '' }, 'web.request', 3],
    [{ type: null, meta: { 'span.kind': 'consumer' } }, 'GET /cart', 5],
    [{ type: 'web', meta: { 'span.kind': 'internal' } }, 'GET /cart', 1],
    [{ type: 'worker' }, 'GET /cart', 1],
  ])('%j is called %j and is of kind %i', (more, name, kind) => {
    expect(only(more)).toMatchObject({ name, kind });
  });

  it('keeps operation and resource under the names that Datadog bridges read', () => {
    const attributes = plain(only({ type: 'sql', resource: 'SELECT 1' }).attributes);
    expect(attributes).toMatchObject({
      'operation.name': 'web.request',
      'resource.name': 'SELECT 1',
      'span.type': 'sql',
    });
  });

  it('tells errors as status, exception event and error.type', () => {
    const meta = { 'error.type': 'E', 'error.message': 'no', 'error.stack': 'E: no\n  at f' };
    const failed = only({ error: 1, meta });
    expect(failed.status).toEqual({ code: 2, message: 'no' });
    expect(failed.events).toHaveLength(1);
    expect(failed.events[0]).toMatchObject({ name: 'exception', timeUnixNano: START + 5_000_000n });
    expect(plain(failed.events[0]!.attributes)).toEqual({
      'exception.type': 'E',
      'exception.message': 'no',
      'exception.stacktrace': 'E: no\n  at f',
    });
    expect(plain(failed.attributes)).toMatchObject({ 'error.type': 'E' });
    expect(plain(failed.attributes)).not.toHaveProperty('error.stack');
    expect(only({ error: 0, meta }).status).toEqual({ code: 0, message: '' });
  });

  it('does not tell an exception twice that is an event already', () => {
    const exception = { 'exception.type': 'E', 'exception.message': 'no' };
    const events = JSON.stringify([
      { name: 'exception', time_unix_nano: 1, attributes: exception },
    ]);
    const meta = { events, 'error.type': 'E', 'error.message': 'no' };
    expect(only({ error: 1, meta }).events).toHaveLength(1);
  });

  it('has metrics as doubles, but known integers as integers', () => {
    const metrics = { n: 3, ratio: 0.5, 'http.status_code': 404, _sampling_priority_v1: 2 };
    const { attributes } = only({ metrics, meta: { 'grpc.status.code': '13', port: '80' } });
    const byKey = new Map(attributes.map(({ key, value }) => [key, value]));
    expect(byKey.get('n')).toEqual({ type: 'double', value: 3 });
    expect(byKey.get('http.status_code')).toEqual({ type: 'int', value: 404n });
    expect(byKey.get('grpc.status.code')).toEqual({ type: 'int', value: 13n });
    expect(byKey.get('port')).toEqual({ type: 'string', value: '80' });
    expect(byKey.get('sampling.priority')).toEqual({ type: 'int', value: 2n });
  });

  it('keeps what meta_struct packs, as values or else as bytes', () => {
    const { attributes } = only({
      meta_struct: { good: pack({ a: [1, 'x'] }), bad: Uint8Array.of(0xc1, 1) },
    });
    const byKey = new Map(attributes.map(({ key, value }) => [key, value]));
    expect(byKey.get('good')).toMatchObject({ type: 'kvlist' });
    expect(byKey.get('bad')).toEqual({ type: 'bytes', value: Uint8Array.of(0xc1, 1) });
  });

  it('reads links of both places, and keeps a cut-off tag as it came', () => {
    const links = only({
      span_links: [
        { trace_id: 5n, trace_id_high: 6n, span_id: 7n, attributes: { a: 'b' }, flags: 0x80000001 },
      ],
    }).links;
    expect(links[0]).toMatchObject({ flags: 1 });
    expect(bytesToHex(links[0]!.traceId)).toBe('00000000000000060000000000000005');
    const cut = '[{"trace_id":"6b01...';
    const kept = only({ meta: { '_dd.span_links': cut, events: '[{"na...' } });
    expect(kept.links).toEqual([]);
    expect(plain(kept.attributes)).toMatchObject({ '_dd.span_links': cut, events: '[{"na...' });
  });

  it('reads times of events exactly and leaves their attributes numbers', () => {
    const events =
      '[{"name":"e","time_unix_nano":1770000000123456789,"attributes":{"n":2,"big":9007199254740993}}]';
    const [event] = only({ meta: { events } }).events;
    expect(event!.timeUnixNano).toBe(1_770_000_000_123_456_789n);
    expect(plain(event!.attributes)).toMatchObject({ n: 2n });
  });
});

describe('the resource', () => {
  it('is told by tags and headers, and by the chunk where only its first span says it', () => {
    const meta = { env: 'prod', version: '1', 'runtime-id': 'r', language: 'javascript' };
    const chunk = [
      span({ meta, metrics: { process_id: 42 } }),
      span({ span_id: 3n }),
      span({ span_id: 4n, service: 'db' }),
    ];
    const { resourceSpans } = decodeTraces(translate([chunk]));
    expect(resourceSpans.map(({ resource }) => plain(resource.attributes))).toEqual([
      {
        'service.name': 'cart',
        'service.version': '1',
        'service.instance.id': 'r',
        'deployment.environment.name': 'prod',
        'process.pid': 42n,
        'telemetry.sdk.name': 'Datadog',
        'telemetry.sdk.language': 'nodejs',
        'telemetry.sdk.version': '5.132.0',
      },
      expect.objectContaining({ 'service.name': 'db', 'deployment.environment.name': 'prod' }),
    ]);
    expect(resourceSpans[1]!.resource.attributes.map(({ key }) => key)).not.toContain(
      'service.version',
    );
  });

  it('has many services in few messages', () => {
    const chunk = Array.from({ length: 400 }, (_, at) => span({ service: `s${at % 20}` }));
    expect(decodeTraces(translate([chunk])).resourceSpans).toHaveLength(20);
  });
});

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

describe('properties', () => {
  const word = fc.string({ maxLength: 12 });
  const uint64 = fc.bigInt({ min: 1n, max: 2n ** 64n - 1n });
  const spans = fc.record({
    service: word,
    name: word,
    resource: word,
    type: fc.constantFrom('', 'web', 'sql', null),
    trace_id: uint64,
    span_id: uint64,
    parent_id: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    start: fc.bigInt({ min: START, max: START + 10n ** 12n }),
    duration: fc.nat(),
    error: fc.nat(1),
    meta: fc.dictionary(
      word.filter((key) => key !== '__proto__'),
      word,
      { maxKeys: 6 },
    ),
    metrics: fc.dictionary(
      word.filter((key) => key !== '__proto__'),
      fc.double({ noNaN: true }),
      {
        maxKeys: 4,
      },
    ),
  });

  it('every span of a body is there, with its ids, times and tags', () => {
    fc.assert(
      fc.property(fc.array(fc.array(spans, { maxLength: 4 }), { maxLength: 4 }), (traces) => {
        const read = spansOf(translate(traces));
        const sent = traces.flat();
        expect(read).toHaveLength(sent.length);
        const key = (id: bigint) => id.toString(16).padStart(16, '0');
        const bySpan = new Map<string, Span[]>();
        for (const one of read) {
          const id = bytesToHex(one.spanId);
          bySpan.set(id, [...(bySpan.get(id) ?? []), one]);
        }
        for (const one of sent) {
          const found = bySpan
            .get(key(one.span_id))
            ?.find((candidate) => bytesToHex(candidate.traceId).endsWith(key(one.trace_id)));
          expect(found?.startTimeUnixNano).toBe(one.start);
          expect(found?.endTimeUnixNano).toBe(one.start + BigInt(one.duration));
          expect(found?.status.code).toBe(one.error === 0 ? 0 : 2);
        }
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('0.5 means what 0.4 means', () => {
    fc.assert(
      fc.property(fc.array(spans, { maxLength: 3 }), (trace) => {
        expect(inOrder(translate(asTable(trace), '0.5'))).toEqual(inOrder(translate([trace])));
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  /** JavaScript's maps put numbers first, so the table's tags come in another order. */
  function inOrder(otlp: Uint8Array) {
    return spansOf(otlp).map((one) => ({
      ...one,
      attributes: [...one.attributes].sort((a, b) => (a.key < b.key ? -1 : 1)),
    }));
  }

  type Sent = ReturnType<typeof spans.generate>['value'];

  function asTable(trace: readonly Sent[]): unknown {
    const texts = [''];
    const at = (text: string | null) => {
      const found = texts.indexOf(text ?? '');
      return found < 0 ? texts.push(text ?? '') - 1 : found;
    };
    const rows = trace.map((one) => [
      at(one.service),
      at(one.name),
      at(one.resource),
      one.trace_id,
      one.span_id,
      one.parent_id,
      one.start,
      one.duration,
      one.error,
      new Map(Object.entries(one.meta).map(([key, value]) => [at(key), at(value)])),
      new Map(Object.entries(one.metrics).map(([key, value]) => [at(key), value])),
      at(one.type),
    ]);
    return [
      texts,
      [
        rows.map((row) =>
          row.map((cell) => (cell instanceof Map ? Object.fromEntries(cell) : cell)),
        ),
      ],
    ];
  }
});

describe('damage', () => {
  const captures = [
    ['dd-trace-v0.4', '0.4'],
    ['dd-trace-v0.4-span-events', '0.4'],
    ['dd-trace-v0.5', '0.5'],
  ] as const;

  it.each(captures)('35,000 wounded copies of %s are translated or refused', (name, version) => {
    const translator = createDatadogTranslator();
    let accepted = 0;
    for (const body of damaged([capture(`datadog/${name}.bin`)], 7, 35_000)) {
      try {
        const otlp = translator.translate(body, { version, tracer });
        expect(walkTraces(otlp, walkLimits, START_MS).verdict).not.toBe('refuse');
        accepted += 1;
      } catch (error) {
        if (!(error instanceof TranslateError)) throw error;
      }
    }
    // Most wounds hit text; if they were all refused, nothing was tested.
    expect(accepted).toBeGreaterThan(3_500);
  });
});
