import { describe, expect, it } from 'vitest';
import { readOne, type Span, START, type Tags, TRACE } from '../test/jaeger-spans.ts';

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
