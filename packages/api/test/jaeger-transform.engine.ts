/** What jaeger-ui does with a file: OTLP in, Jaeger's JSON out, the same that stored spans get. And JSON for people. */
import { encodeTraces } from '@clew/wire';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkoutTraces } from '../../testkit/src/cast.ts';
import { openStored, type Stored } from './stored.ts';

const baseNs = BigInt(Math.floor((Date.now() - 90_000) / 60_000) * 60_000) * 1_000_000n;

let stored: Stored;
let ids: readonly string[];
beforeAll(async () => {
  stored = await openStored();
  stored.accept(encodeTraces(checkoutTraces(baseNs)));
  await stored.load();
  const { traces } = (await stored.get('/api/v1/search')).json();
  ids = traces.map(({ traceId }: { traceId: string }) => traceId);
});
afterAll(() => stored.close());

function transform(body: unknown, type = 'application/json') {
  const payload = typeof body === 'string' ? body : JSON.stringify(body);
  const headers = { host: '127.0.0.1', 'content-type': type };
  return stored.app.inject({ method: 'POST', url: '/api/transform', headers, payload });
}

async function otlpOf(id: string) {
  return (await stored.get(`/api/v3/traces/${id}`)).json().result;
}

test('a trace from a file is shown as one that is stored', async () => {
  for (const id of ids) {
    const { data } = (await stored.get(`/api/traces/${id}?raw=true`)).json();
    const answer = await transform(await otlpOf(id));
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'application/json']);
    const { data: shown, ...rest } = answer.json();
    expect(rest).toEqual({ total: 0, limit: 0, offset: 0, errors: null });
    expect(byId(shown[0])).toEqual(byId(data[0]));
  }
});

type Trace = { spans: { spanID: string; processID: string }[]; processes: Record<string, unknown> };

/** Processes are numbered in order of appearance, which is another in a file. */
function byId({ spans, processes, ...rest }: Trace) {
  const shown = spans.map(({ processID, ...span }) => ({ ...span, by: processes[processID] }));
  return { ...rest, spans: shown.sort((a, b) => (a.spanID < b.spanID ? -1 : 1)) };
}

test('several traces, as text, as a page sends it', async () => {
  const files = await Promise.all(ids.map(otlpOf));
  const resourceSpans = files.flatMap((file) => file.resourceSpans);
  const { data } = (await transform(JSON.stringify({ resourceSpans }), 'text/plain')).json();
  expect(data.map(({ traceID }: { traceID: string }) => traceID)).toEqual(ids);
});

test('every kind of value, names for numbers, and nothing but what must be there', async () => {
  const values = [
    { key: 'list', value: { arrayValue: { values: [{ intValue: '1' }, {}] } } },
    {
      key: 'tree',
      value: { kvlistValue: { values: [{ key: 'k', value: { doubleValue: 'NaN' } }] } },
    },
    { key: 'big', value: { intValue: '9007199254740993' } },
    { key: 'raw', value: { bytesValue: 'AQI=' } },
    { key: 'none' },
  ];
  const ends = { traceId: 'AB'.repeat(16), startTimeUnixNano: 2000, endTimeUnixNano: '1000' };
  const span = {
    ...ends,
    spanId: '00000000000000ff',
    kind: 'SPAN_KIND_CLIENT',
    attributes: values,
  };
  const resourceSpans = [{ scopeSpans: [{ spans: [span], extra: 1 }] }, {}];
  const { data } = (await transform({ resourceSpans })).json();
  expect(data[0]).toMatchObject({
    traceID: 'ab'.repeat(16),
    processes: { p1: { serviceName: 'OTLPResourceNoServiceName' } },
    spans: [{ startTime: 2, duration: 0, references: [], logs: [] }],
  });
  expect(data[0].spans[0].tags).toEqual([
    { key: 'list', type: 'string', value: '[1,null]' },
    { key: 'tree', type: 'string', value: '{"k":"NaN"}' },
    { key: 'big', type: 'int64', value: '9007199254740993' },
    { key: 'raw', type: 'binary', value: 'AQI=' },
    { key: 'none', type: 'string', value: '' },
    { key: 'span.kind', type: 'string', value: 'client' },
  ]);
  expect((await transform({})).json().data).toEqual([]);
});

const deep = `${'{"arrayValue":{"values":['.repeat(40)}${']}}'.repeat(40)}`;

test.each([
  ['no JSON', '{"resourceSpans":', /^cannot unmarshal OTLP: /],
  ['no list', '{"resourceSpans": 5}', /^cannot unmarshal OTLP: resourceSpans: /],
  [
    'an id that is none',
    '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"zz"}]}]}]}',
    /^cannot unmarshal OTLP: traceId: /,
  ],
  [
    'values without end',
    `{"resourceSpans":[{"resource":{"attributes":[{"key":"a","value":${deep}}]}}]}`,
    /levels$/,
  ],
])('%s is refused', async (_, body, words) => {
  const answer = await transform(body, 'text/plain');
  expect(answer.statusCode).toBe(400);
  const { data, errors } = answer.json();
  expect([data, errors[0].code]).toEqual([null, 400]);
  expect(errors[0].msg).toMatch(words);
});

test('a file beyond the limit is refused with the limit', async () => {
  const answer = await transform(`"${'x'.repeat(9 * 1024 * 1024)}"`);
  expect(answer.statusCode).toBe(413);
  expect(answer.json().errors[0].msg).toContain(`${8 * 1024 * 1024} bytes`);
});

test('prettyPrint indents, whatever is answered', async () => {
  for (const url of ['/api/services', `/api/traces/${ids[0]}`]) {
    const plain = (await stored.get(url)).json();
    const pretty = await stored.get(`${url}?prettyPrint=true`);
    expect(pretty.headers['content-type']).toMatch(/^application\/json/);
    expect(pretty.body).toBe(JSON.stringify(plain, null, 4));
  }
});
