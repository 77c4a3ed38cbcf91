/** Tempo's query API over stored spans, as Grafana reads it: against the real engine, decoded by another decoder. */
import { encodeTraces } from '@clew/wire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkoutTraces } from '../../testkit/src/cast.ts';
import { openStored, type Stored } from './stored.ts';
import { checkTempoJson, decodeTempo } from './tempo-schema.ts';

const nowMs = Date.now();
const baseMs = Math.floor((nowMs - 90_000) / 60_000) * 60_000;
const baseNs = BigInt(baseMs) * 1_000_000n;
const [start, end] = [baseMs / 1000 - 60, baseMs / 1000 + 60];
const checkoutId = '636865636b6f75740000000000000000';

let stored: Stored;
beforeAll(async () => {
  stored = await openStored();
  stored.accept(encodeTraces(checkoutTraces(baseNs)));
  await stored.load();
});
afterAll(() => stored.close());

const get = (path: string, headers: Record<string, string> = {}) =>
  stored.get(`/tempo${path}`, headers);

async function json(path: string) {
  const answer = await get(path);
  expect([answer.statusCode, answer.statusCode === 200 ? '' : answer.body]).toEqual([200, '']);
  expect(answer.headers['content-type']).toMatch(/^application\/json/);
  return answer.json();
}

async function proto(path: string, message: string) {
  const answer = await get(path, { accept: 'application/protobuf' });
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['content-type']).toBe('application/protobuf');
  return decodeTempo(message, answer.rawPayload);
}

async function refusal(path: string) {
  const answer = await get(path);
  expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
  return [answer.statusCode, answer.body];
}

const search = (q: string, more = '') =>
  json(`/api/search?q=${encodeURIComponent(q)}&start=${start}&end=${end}${more}`);

test('says that it is there', async () => {
  for (const [path, body] of [
    ['/api/echo', 'echo\n'],
    ['/ready', 'ready\n'],
    ['/status/version', 'clew 0.0.0-test'],
    ['/status', 'GET /api/search'],
  ] as const) {
    const answer = await get(path);
    expect([path, answer.statusCode]).toEqual([path, 200]);
    expect(answer.headers['content-type']).toMatch(/^text\/plain/);
    expect(answer.body).toContain(body);
  }
  const { version } = await json('/api/status/buildinfo');
  expect(version.split('.').map(Number)[1]).toBeGreaterThanOrEqual(7);
  expect(await refusal('/api/nothing')).toEqual([404, '404 page not found\n']);
  expect(await refusal('/status/nothing')).toEqual([404, '404 page not found\n']);
});

test('takes a tenant header and answers the same', async () => {
  const answer = await get('/api/echo', { 'x-scope-orgid': 'team-a' });
  expect(answer.statusCode).toBe(200);
});

describe('a trace by id', () => {
  test('v2 as protobuf has what Grafana looks into without asking', async () => {
    const { trace, metrics, status } = await proto(
      `/api/v2/traces/${checkoutId}`,
      'TraceByIDResponse',
    );
    expect([metrics, status]).toEqual([{}, undefined]);
    const spans = [];
    for (const { resource, scope_spans } of trace.resourceSpans) {
      expect(resource.attributes.length).toBeGreaterThan(0);
      for (const { scope, spans: own } of scope_spans) {
        expect(scope).toMatchObject({ name: 'notation' });
        for (const span of own) expect(span.status).toBeTypeOf('object');
        spans.push(...own);
      }
    }
    expect(spans).toHaveLength(6);
    const failed = spans.find((span) => span.status.code === 2);
    expect(failed).toMatchObject({
      trace_id: checkoutId,
      name: 'POST /charge',
      kind: 2,
      start_time_unix_nano: String(baseNs + 80_000_000n),
      status: { message: 'card issuer timed out' },
    });
    expect(failed.events[0].name).toBe('exception');
  });

  test('v1 is the bare trace', async () => {
    const bare = await proto(`/api/traces/${checkoutId.toUpperCase()}`, 'Trace');
    expect(bare.resourceSpans.length).toBe(5);
    const { batches, ...rest } = await json(`/api/traces/${checkoutId}`);
    expect(rest).toEqual({});
    const [span] = batches[0].scopeSpans[0].spans;
    expect(span).toMatchObject({
      traceId: Buffer.from(checkoutId, 'hex').toString('base64'),
      spanId: 'AAAAAAAAAAE=',
      kind: 'SPAN_KIND_SERVER',
      startTimeUnixNano: String(baseNs),
      status: {},
    });
    expect(span.parentSpanId).toBeUndefined();
  });

  test('v2 as JSON has names for enums and base64 for ids', async () => {
    const { trace, metrics } = await json(`/api/v2/traces/${checkoutId}`);
    expect(metrics).toEqual({});
    const payment = trace.resourceSpans.find((each: { resource: object }) =>
      JSON.stringify(each.resource).includes('"payment"'),
    );
    const [failed] = payment.scopeSpans[0].spans;
    expect(failed.status).toEqual({ message: 'card issuer timed out', code: 'STATUS_CODE_ERROR' });
    expect(failed.attributes).toContainEqual({ key: 'attempt', value: { intValue: '1' } });
  });

  test('that nobody sent', async () => {
    const v1 = await get('/api/traces/ffff');
    expect([v1.statusCode, v1.body]).toEqual([404, '']);
    expect(await json('/api/v2/traces/ffff')).toEqual({ trace: {}, metrics: {} });
    const found = await proto('/api/v2/traces/0', 'TraceByIDResponse');
    expect(found).toEqual({ trace: {}, metrics: {} });
    expect((await get('/api/traces/0')).statusCode).toBe(404);
  });

  test('that is no id', async () => {
    const hex = 'trace IDs can only contain hex characters: invalid character';
    expect(await refusal('/api/traces/zz')).toEqual([400, `${hex} 'z' at position 1`]);
    expect(await refusal('/api/v2/traces/0a-b')).toEqual([400, `${hex} '-' at position 3`]);
    const long = "trace IDs can't be larger than 128 bits";
    expect(await refusal(`/api/v2/traces/${'1'.repeat(33)}`)).toEqual([400, long]);
    expect((await refusal('/api/traces/1?start=x'))[0]).toBe(400);
  });

  test('holds whatever was sent a moment ago, however odd', async () => {
    const { request, traceId } = oddTrace();
    stored.accept(request);
    const loads = stored.loads();
    const { trace } = await proto(`/api/v2/traces/${traceId}`, 'TraceByIDResponse');
    const [group] = trace.resourceSpans;
    expect(group.resource.attributes).toEqual([
      { key: 'service.name', value: { string_value: 'unknown_service' } },
    ]);
    expect(group.scope_spans[0].scope).toEqual({});
    const [span] = group.scope_spans[0].spans;
    expect(span.status).toEqual({});
    expect(span.end_time_unix_nano >= span.start_time_unix_nano).toBe(true);
    expect(stored.loads()).toBe(loads + 1);
    const inJson = await json(`/api/v2/traces/${traceId}`);
    const [jsonSpan] = inJson.trace.resourceSpans[0].scopeSpans[0].spans;
    expect(
      jsonSpan.attributes.map(({ value }: { value: object }) => Object.keys(value)[0]),
    ).toEqual(['arrayValue', 'stringValue', 'bytesValue', 'kvlistValue', 'doubleValue']);
    expect(span.attributes.map(({ value }: { value: object }) => Object.keys(value)[0])).toEqual([
      'array_value',
      'string_value',
      'bytes_value',
      'kvlist_value',
      'double_value',
    ]);
  });
});

function oddTrace() {
  const traceId = '0dd0'.padStart(32, '0');
  const value = { type: 'string', value: 'a' } as const;
  const request = encodeTraces({
    resourceSpans: [
      {
        scopeSpans: [
          {
            spans: [
              {
                traceId: Buffer.from(traceId, 'hex'),
                spanId: Buffer.from('00000000000000aa', 'hex'),
                name: 'odd',
                startTimeUnixNano: baseNs + 1000n,
                endTimeUnixNano: baseNs,
                attributes: [
                  { key: 'odd/name here', value: { type: 'string', value: 'yes' } },
                  { key: 'list', value: { type: 'array', value: [value] } },
                  { key: 'raw', value: { type: 'bytes', value: new Uint8Array([1, 2]) } },
                  { key: 'tree', value: { type: 'kvlist', value: [{ key: 'k', value }] } },
                  { key: 'z', value: { type: 'double', value: Number.NaN } },
                ],
              },
            ],
          },
        ],
      },
    ],
  });
  return { request, traceId };
}

describe('search', () => {
  test('finds by TraceQL and shows what was looked at', async () => {
    const answer = await search(
      '{ resource.service.name = "payment" && status = error && name =~ ".*charge" && .attempt = 1 }',
    );
    checkTempoJson('SearchResponse', answer);
    expect(answer.traces).toHaveLength(1);
    const [trace] = answer.traces;
    const set = {
      spans: [
        {
          spanID: '0000000000000004',
          name: 'POST /charge',
          startTimeUnixNano: String(baseNs + 80_000_000n),
          durationNanos: '90000000',
          attributes: [
            { key: 'service.name', value: { stringValue: 'payment' } },
            { key: 'status', value: { stringValue: 'error' } },
            { key: 'attempt', value: { intValue: '1' } },
          ],
        },
      ],
      matched: 1,
    };
    expect(trace).toEqual({
      traceID: checkoutId,
      rootServiceName: 'frontend',
      rootTraceName: 'GET /checkout',
      startTimeUnixNano: String(baseNs),
      durationMs: 300,
      spanSet: set,
      spanSets: [set],
      serviceStats: {
        cart: { spanCount: 1 },
        db: { spanCount: 1 },
        frontend: { spanCount: 2 },
        payment: { spanCount: 2, errorCount: 1 },
      },
    });
    expect(answer.metrics).toMatchObject({ completedJobs: 100, totalJobs: 100 });
  });

  test('gives no name unless it is looked at, and as many spans as asked for', async () => {
    const { traces } = await search('{ resource.service.name != nil }', '&spss=2');
    const checkout = traces.find(({ traceID }: { traceID: string }) => traceID === checkoutId);
    expect(checkout.spanSet.spans).toHaveLength(2);
    expect(checkout.spanSet.matched).toBe(6);
    expect(checkout.spanSet.spans[0].name).toBeUndefined();
    const all = await search('{ resource.service.name != nil }', '&spss=0&limit=1');
    expect(all.traces).toHaveLength(1);
  });

  test('groups leave out the single set', async () => {
    const answer = await search('{ kind = server } | by(resource.service.name) | select(name)');
    checkTempoJson('SearchResponse', answer);
    const [trace] = answer.traces;
    expect(trace.spanSet).toBeUndefined();
    expect(trace.spanSets.length).toBe(3);
    expect(trace.spanSets[0].attributes).toEqual([
      { key: 'by(resource.service.name)', value: { stringValue: 'frontend' } },
    ]);
    const [slow] = (await search('{ name =~ ".*charge" } | max(duration) > 10ms')).traces;
    expect(slow.spanSet.attributes).toEqual([
      { key: 'max(duration)', value: { stringValue: '90ms' } },
    ]);
  });

  test('by tags gives traces without spans', async () => {
    const tags = encodeURIComponent('service.name=payment http.response.status_code=504');
    const range = `&start=${start}&end=${end}`;
    const { traces } = await json(`/api/search?tags=${tags}${range}`);
    expect(traces).toHaveLength(1);
    expect(Object.keys(traces[0])).not.toContain('spanSets');
    const count = async (asked: string) =>
      (await json(`/api/search?${asked}${range}`)).traces.length;
    expect(await count(`tags=${encodeURIComponent('name="GET /checkout"')}`)).toBe(1);
    expect(await count('tags=status.code%3Derror')).toBe(1);
    expect(await count('tags=root.service.name%3Dfrontend%20error%3Dtrue')).toBe(1);
    expect(await count('tags=service.name%3Dpayment&minDuration=300ms')).toBe(1);
    expect(await count('tags=service.name%3Dpayment&minDuration=301ms')).toBe(0);
    expect(await count('tags=service.name%3Dpayment&maxDuration=299ms')).toBe(0);
    expect(await count('')).toBeGreaterThanOrEqual(2);
  });

  test('without a range looks at all that is hot', async () => {
    const { traces } = await json('/api/search?q=%7B%20name%20%3D%20%22process%20order%22%20%7D');
    expect(traces).toHaveLength(1);
  });

  test.each([
    ['q=%7B%7D&tags=a%3Db', "invalid request: can't specify tags and q in the same query"],
    ['q=%7B%7D&limit=0', 'invalid limit: must be a positive number'],
    ['q=%7B%7D&limit=-1', 'invalid limit: must be a positive number'],
    ['q=%7B%7D&limit=262145', 'limit 262145 exceeds max limit 262144'],
    ['q=%7B%7D&limit=ten', 'invalid limit: strconv.Atoi: parsing "ten": invalid syntax'],
    ['q=%7B%7D&spss=101', 'spans per span set exceeds 100. received 101'],
    ['q=%7B%7D&start=10&end=5', 'http parameter start must be before end. received start=10 end=5'],
    ['q=%7B%7D&start=10', 'please provide non-zero values for http parameters start and end'],
    [
      'q=%7B%7D&start=1000000&end=2000000',
      'range specified by start and end exceeds 168h0m0s. received start=1000000 end=2000000',
    ],
    ['tags=a%3D%22b', 'invalid tags: logfmt syntax error at pos 1'],
    ['minDuration=5', 'invalid minDuration: time: invalid duration "5"'],
    ['minDuration=5s&maxDuration=1s', 'invalid maxDuration: must be greater than minDuration'],
  ])('refuses %s', async (asked, words) => {
    expect(await refusal(`/api/search?${asked}`)).toEqual([400, expect.stringContaining(words)]);
  });

  test('draws where a query is wrong', async () => {
    const ask = (q: string) => refusal(`/api/search?q=${encodeURIComponent(q)}`);
    const [status, drawn] = (await ask('{ .a = }')) as [number, string];
    expect(status).toBe(400);
    expect(drawn).toMatch(/^invalid TraceQL query: parse error at line 1, col 8: /);
    expect(drawn.split('\n').slice(1)).toEqual(['  { .a = }', '         ^']);
    expect((await ask('{ name = 1 }'))[1]).toMatch(/^invalid TraceQL query: line 1, col \d+: /);
    expect((await ask('{ } | rate()'))[0]).toBe(400);
  });

  test('shortens ids as Tempo does, and finds them so', async () => {
    const { traces } = await search('{ name = "odd" }');
    expect(traces[0].traceID).toBe('dd0');
    const { trace } = await proto('/api/v2/traces/dd0', 'TraceByIDResponse');
    expect(trace.resourceSpans).toHaveLength(1);
  });

  test('shows every span that is a root when Grafana asks for roots', async () => {
    const roots = await search('{ nestedSetParent<0 && resource.service.name != nil }');
    checkTempoJson('SearchResponse', roots);
    const names = roots.traces.map(
      ({ rootServiceName }: { rootServiceName: string }) => rootServiceName,
    );
    expect(names).toEqual(expect.arrayContaining(['frontend', 'warehouse']));
    for (const { spanSet } of roots.traces) expect(spanSet.matched).toBe(1);
  });

  test.each([
    '{nestedSetParent<0 && true && kind = server} | select(status, resource.service.name, name, nestedSetParent, nestedSetLeft, nestedSetRight)',
    '{nestedSetParent<0} &>> { status = error } | select(status, resource.service.name, name, nestedSetParent, nestedSetLeft, nestedSetRight)',
    '{ resource.service.name =~ "front.*|cart" && duration > 1ms } || { .http.response.status_code >= 500 }',
    '{span.db.name="x" || span.db.system="x" || span.peer.service="x" || span.messaging.system="x" || span.net.peer.name="x"}',
    '{ event:name = "exception" && link:traceID != "" } with (most_recent=true)',
    '{ } | count() > 2 | avg(duration) > 0ms',
  ])('answers what Grafana makes: %s', async (q) => {
    checkTempoJson('SearchResponse', await search(q, '&spss=10&limit=200'));
  });

  test('brings values of one key to one type', async () => {
    stored.accept(twoTypes());
    await stored.load();
    const answer = await search('{ .mixed != nil && .listed != nil } | select(.mixed, .listed)');
    checkTempoJson('SearchResponse', answer);
    const { spans } = answer.traces[0].spanSet;
    const values = spans.flatMap(
      ({ attributes }: { attributes: { key: string; value: object }[] }) =>
        attributes.filter(({ key }) => key === 'mixed').map(({ value }) => value),
    );
    expect(values).toEqual([{ stringValue: '500' }, { stringValue: 'five' }]);
    expect(JSON.stringify(answer)).not.toContain('arrayValue');
  });
});

function twoTypes() {
  const span = (
    id: string,
    value: { type: 'string'; value: string } | { type: 'int'; value: bigint },
  ) => ({
    traceId: Buffer.from('77'.repeat(16), 'hex'),
    spanId: Buffer.from(id.padStart(16, '0'), 'hex'),
    name: 'typed',
    startTimeUnixNano: baseNs + BigInt(`0x${id}`),
    endTimeUnixNano: baseNs + 10_000n,
    attributes: [
      { key: 'mixed', value },
      {
        key: 'listed',
        value: { type: 'array' as const, value: [{ type: 'string' as const, value: 'x' }] },
      },
    ],
  });
  const spans = [
    span('1', { type: 'int', value: 500n }),
    span('2', { type: 'string', value: 'five' }),
  ];
  return encodeTraces({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
}

describe('tags', () => {
  test('by scope', async () => {
    const { scopes, metrics } = await json('/api/v2/search/tags?limit=5000');
    expect(metrics).toEqual({});
    const names = scopes.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(['resource', 'span', 'event', 'intrinsic']));
    const tagsOf = (scope: string) =>
      scopes.find(({ name }: { name: string }) => name === scope).tags;
    expect(tagsOf('resource')).toContain('service.name');
    expect(tagsOf('event')).toContain('exception.type');
    expect(tagsOf('intrinsic')).toEqual(
      expect.arrayContaining(['status', 'event:name', 'span:id']),
    );
    const only = await json('/api/v2/search/tags?scope=event');
    expect(only.scopes.map(({ name }: { name: string }) => name)).toEqual(['event']);
    checkTempoJson('SearchTagsV2Response', only);
    expect(await refusal('/api/v2/search/tags?scope=bogus')).toEqual([400, 'invalid scope: bogus']);
    expect((await refusal('/api/v2/search/tags?start=5'))[0]).toBe(400);
  });

  test('in one list', async () => {
    const { tagNames } = await json('/api/search/tags');
    expect(tagNames).toEqual(expect.arrayContaining(['attempt', 'service.name']));
    expect([...tagNames].sort()).toEqual(tagNames);
  });

  test.each([
    [
      'resource.service.name',
      [
        ['string', 'cart'],
        ['string', 'payment'],
      ],
    ],
    ['.http.response.status_code', [['int', '504']]],
    ['span.amount', [['float', '59.9']]],
    ['span.express', [['bool', 'true']]],
    [
      'status',
      [
        ['keyword', 'error'],
        ['keyword', 'ok'],
        ['keyword', 'unset'],
      ],
    ],
    ['span:kind', [['keyword', 'server']]],
    ['name', [['string', 'GET /cart']]],
    ['event:name', [['string', 'exception']]],
    ['event.exception.type', [['string', 'TimeoutError']]],
  ])('values of %s', async (tag, wanted) => {
    const answer = await json(`/api/v2/search/tag/${encodeURIComponent(tag)}/values?tag=${tag}`);
    checkTempoJson('SearchTagValuesV2Response', answer);
    expect(answer.tagValues).toEqual(
      expect.arrayContaining(wanted.map(([type, value]) => ({ type, value }))),
    );
  });

  test.each(['duration', 'trace:id', 'nestedSetParent', 'span.never.sent', 'span.a/b c'])(
    'no values of %s',
    async (tag) => {
      const path = `/api/v2/search/tag/${encodeURIComponent(tag)}/values`;
      expect(await json(path)).toEqual({ tagValues: [], metrics: {} });
    },
  );

  test('a tag whose name holds a slash and a blank', async () => {
    for (const tag of [
      'span.odd%2Fname%20here',
      'span.odd/name%20here',
      'span.%22odd%2Fname%20here%22',
    ]) {
      const { tagValues } = await json(`/api/v2/search/tag/${tag}/values`);
      expect(tagValues).toEqual([{ type: 'string', value: 'yes' }]);
    }
  });

  test('values are filtered by what is typed so far, which may be anything', async () => {
    const path = '/api/v2/search/tag/resource.service.name/values';
    const values = async (q: string) =>
      (await json(`${path}?q=${encodeURIComponent(q)}`)).tagValues.map(
        ({ value }: { value: string }) => value,
      );
    expect(await values('{ status = error }')).toEqual(['payment']);
    expect(await values('{ status = error && resource.service.name = }')).toEqual(['payment']);
    for (const garbage of ['{', '} || \u0000', '{ .a = "', "'); drop table spans --"]) {
      expect((await values(garbage)).length).toBeGreaterThanOrEqual(4);
    }
  });

  test('a tag that is no field', async () => {
    const [status, body] = await refusal('/api/v2/search/tag/foo/values');
    expect(status).toBe(400);
    expect(body).toMatch(/^please provide a valid tagName: failed to parse identifier foo: /);
  });

  test('values of the first API', async () => {
    const values = async (tag: string) => (await json(`/api/search/tag/${tag}/values`)).tagValues;
    expect(await values('service.name')).toEqual(expect.arrayContaining(['cart', 'payment']));
    expect(await values('status')).toContain('error');
    expect(await values('never%2Fsent')).toEqual([]);
  });
});

describe('metrics', () => {
  const metrics = (path: string, q: string, more = '') =>
    json(`/api/metrics/${path}?q=${encodeURIComponent(q)}&start=${start}&end=${end}${more}`);

  test('over a range', async () => {
    const answer = await metrics(
      'query_range',
      '{ resource.service.name = "payment" } | count_over_time() by (status)',
      '&step=60s',
    );
    checkTempoJson('QueryRangeResponse', answer);
    const byStatus = Object.fromEntries(
      answer.series.map((one: { labels: { value: object }[]; samples: { value?: number }[] }) => [
        JSON.stringify(one.labels),
        one.samples.reduce((sum, { value = 0 }) => sum + value, 0),
      ]),
    );
    expect(byStatus).toEqual({
      '[{"key":"status","value":{"stringValue":"error"}}]': 1,
      '[{"key":"status","value":{"stringValue":"unset"}}]': 1,
    });
    const [one] = answer.series;
    expect(one.samples[0].timestampMs).toMatch(/^\d{13}$/);
    expect(one.exemplars[0].labels[0]).toEqual({
      key: 'trace:id',
      value: { stringValue: checkoutId },
    });
    expect(one.exemplars[0].value).toBeGreaterThan(0);
  });

  test('as one number each', async () => {
    const answer = await metrics(
      'query',
      '{ } | max_over_time(duration) by (resource.service.name)',
    );
    checkTempoJson('QueryInstantResponse', answer);
    expect(answer.series).toContainEqual({
      labels: [{ key: 'resource.service.name', value: { stringValue: 'payment' } }],
      value: 0.09,
    });
  });

  test.each([
    '{nestedSetParent<0 && true} | rate() by(resource.service.name)',
    '{nestedSetParent<0 && status=error} | rate()',
    '{nestedSetParent<0} | histogram_over_time(duration)',
    '{nestedSetParent<0} | quantile_over_time(duration, 0.5, 0.9)',
    '{nestedSetParent<0} | compare({status = error}, 10)',
    '{ } | rate() by (kind) | topk(2)',
    '({ status = error } | rate()) / ({ } | rate())',
  ])('answers what Traces Drilldown makes: %s', async (q) => {
    checkTempoJson('QueryRangeResponse', await metrics('query_range', q));
    checkTempoJson('QueryInstantResponse', await metrics('query', q));
  });

  test('quantiles and histograms have numbers for labels', async () => {
    const { series } = await metrics('query_range', '{ } | quantile_over_time(duration, .5)');
    expect(series[0].labels).toContainEqual({ key: 'p', value: { doubleValue: 0.5 } });
    const histogram = await metrics('query_range', '{ } | histogram_over_time(duration)');
    expect(histogram.series[0].labels.at(-1)).toEqual({
      key: '__bucket',
      value: { doubleValue: expect.any(Number) },
    });
  });

  test('can leave out exemplars and say that series are left out', async () => {
    const q = '{ } | rate() by (resource.service.name)';
    const answer = await metrics('query_range', q, '&exemplars=0&maxSeries=2');
    checkTempoJson('QueryRangeResponse', answer);
    expect(answer.series).toHaveLength(2);
    expect(answer.series[0].exemplars).toBeUndefined();
    expect(answer).toMatchObject({
      status: 'PARTIAL',
      message: expect.stringContaining('first 2'),
    });
    const nothing = await metrics('query', '{ name = "none" } | rate() by (name)');
    expect(nothing.series).toEqual([]);
  });

  test.each([
    [`start=${start}000000000&end=${end}000000000`],
    [`start=${start}.25&end=${end}.5`],
    [`start=${new Date(start * 1000).toISOString()}&end=${new Date(end * 1000).toISOString()}`],
    ['since=1h'],
    ['since=1h&start=1&end=2'],
    [''],
  ])('takes the time as %s', async (range) => {
    const q = encodeURIComponent('{ resource.service.name = "db" } | count_over_time()');
    const { series } = await json(`/api/metrics/query?query=${q}&${range}`);
    expect(series[0].value).toBe(1);
  });

  const rate = 'q=%7B%7D%7Crate()';
  test.each([
    ['query_range', 'q=%7B%7D', 'not a metrics query'],
    ['query', 'q=%7B%7D', 'not a metrics query'],
    ['query_range', 'q=%7B', /^parse error at line 1, col 2: .*\n {2}\{\n {3}\^$/],
    ['query_range', `${rate}&start=5`, /^only one of start and end provided/],
    ['query_range', `${rate}&start=10&end=5`, 'end must be greater than start'],
    [
      'query_range',
      `${rate}&start=1000000&end=2000000`,
      'metrics query time range exceeds the maximum allowed duration of 168h0m0s',
    ],
    [
      'query_range',
      `${rate}&start=1000&end=1060&step=1ms`,
      'step of 1ms is too small, minimum step for given range is 6ms',
    ],
    ['query_range', `${rate}&step=abc`, 'invalid step: cannot parse "abc" to a valid duration'],
    ['query_range', `${rate}&start=abc&end=5`, /^invalid start: cannot parse "abc"/],
  ])('%s refuses %s', async (path, asked, words) => {
    const [status, body] = await refusal(`/api/metrics/${path}?${asked}`);
    expect(status).toBe(400);
    if (typeof words === 'string') expect(body).toBe(words);
    else expect(body).toMatch(words);
  });
});
