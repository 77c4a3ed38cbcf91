/** Tempo's search, as Grafana and Traces Drilldown ask and read it, against the real engine. */
import { encodeTraces } from '@clew/wire';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  baseNs,
  checkoutId,
  end,
  oddTrace,
  openTempo,
  start,
  type TempoFace,
} from './tempo-face.ts';
import { checkTempoJson } from './tempo-schema.ts';

let face: TempoFace;
beforeAll(async () => {
  face = await openTempo(oddTrace().request);
});
afterAll(() => face.stored.close());

const search = (q: string, more = '') =>
  face.json(`/api/search?q=${encodeURIComponent(q)}&start=${start}&end=${end}${more}`);

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
  const { traces } = await face.json(`/api/search?tags=${tags}${range}`);
  expect(traces).toHaveLength(1);
  expect(Object.keys(traces[0])).not.toContain('spanSets');
  const count = async (asked: string) =>
    (await face.json(`/api/search?${asked}${range}`)).traces.length;
  expect(await count(`tags=${encodeURIComponent('name="GET /checkout"')}`)).toBe(1);
  expect(await count('tags=status.code%3Derror')).toBe(1);
  expect(await count('tags=root.service.name%3Dfrontend%20error%3Dtrue')).toBe(1);
  expect(await count('tags=service.name%3Dpayment&minDuration=300ms')).toBe(1);
  expect(await count('tags=service.name%3Dpayment&minDuration=301ms')).toBe(0);
  expect(await count('tags=service.name%3Dpayment&maxDuration=299ms')).toBe(0);
  expect(await count('')).toBeGreaterThanOrEqual(2);
});

test('without a range looks at all that is hot', async () => {
  const { traces } = await face.json(
    '/api/search?q=%7B%20name%20%3D%20%22process%20order%22%20%7D',
  );
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
  ['minDuration=5', 'invalid minDuration: time: missing unit in duration "5"'],
  ['maxDuration=long', 'invalid maxDuration: time: invalid duration "long"'],
  ['q=%7B%7D&limit=4294967296', 'limit 4294967296 exceeds max limit 262144'],
  ['q=%7B%7D&spss=-1', 'invalid spss: must be a positive number'],
  ['tags=a%3D1%20a%3D2', 'invalid tags: tag a has been set twice'],
  ['minDuration=5s&maxDuration=1s', 'invalid maxDuration: must be greater than minDuration'],
])('refuses %s', async (asked, words) => {
  expect(await face.refusal(`/api/search?${asked}`)).toEqual([400, expect.stringContaining(words)]);
});

test('draws where a query is wrong', async () => {
  const ask = (q: string) => face.refusal(`/api/search?q=${encodeURIComponent(q)}`);
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
  const { trace } = await face.proto('/api/v2/traces/dd0', 'TraceByIDResponse');
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
  face.stored.accept(twoTypes());
  await face.stored.load();
  const answer = await search('{ .mixed != nil && .listed != nil } | select(.mixed, .listed)');
  checkTempoJson('SearchResponse', answer);
  const { spans } = answer.traces[0].spanSet;
  const values = spans.flatMap(({ attributes }: { attributes: { key: string; value: object }[] }) =>
    attributes.filter(({ key }) => key === 'mixed').map(({ value }) => value),
  );
  expect(values).toEqual([{ stringValue: '500' }, { stringValue: 'five' }]);
  expect(JSON.stringify(answer)).not.toContain('arrayValue');
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
