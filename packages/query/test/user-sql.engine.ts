/** SQL of users on a real engine: questions that people ask are answered, and those of docs/sql.md. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkoutNotation } from '../../testkit/src/cast.ts';
import { createQuery, type Query, views } from '../src/index.ts';
import { openTestEngine, type TestEngine } from './engine.ts';

const checkoutId = '636865636b6f75740000000000000000';
let stored: TestEngine;
let query: Query;

beforeAll(async () => {
  stored = await openTestEngine();
  await stored.load({ shop: checkoutNotation, other: checkoutNotation });
  query = createQuery(stored.engine, { tenant: 'shop' });
});
afterAll(() => stored.close());

const rowsOf = async (text: string) => (await query.sql(text)).rows;

describe('questions that people ask', () => {
  test.each<[string, readonly unknown[][]]>([
    ['select count() from spans', [[7]]],
    ['SELECT COUNT(*) AS n FROM spans WHERE is_error;', [[1]]],
    [
      'select service, count() as n from spans group by service order by n desc, service limit 2',
      [
        ['frontend', 2],
        ['payment', 2],
      ],
    ],
    ["select service from spans where attributes['http.request.method'] = 'GET'", [['frontend']]],
    [
      "select attributes['http.response.status_code'] as code, count() from spans group by code having code != '' order by code",
      [
        ['200', 3],
        ['504', 1],
      ],
    ],
    [
      "select name from spans where attributes['http.response.status_code'] >= 500",
      [['POST /charge']],
    ],
    [
      "select name from spans where 500 <= attributes['http.response.status_code']",
      [['POST /charge']],
    ],
    [
      "select name from spans where attributes['http.response.status_code'] = '504'",
      [['POST /charge']],
    ],
    ["select name from spans where attributes['express'] = 'true'", [['process order']]],
    ["select name from spans where attributes['amount'] = '59.9'", [['POST /charge']]],
    [
      "select name from spans where attr_int['http.response.status_code'] >= 500",
      [['POST /charge']],
    ],
    ["select count() from spans where resource['deployment.environment.name'] = 'prod'", [[1]]],
    [`select count() from spans where trace_id = '${checkoutId}'`, [[6]]],
    [
      `select count() from spans as s where s.trace_id in ('${checkoutId}', '${'0'.repeat(32)}')`,
      [[6]],
    ],
    [
      "select round(quantile(0.5)(duration_ms)) as p50, max(duration_ms) from spans where service = 'payment'",
      [[85, 90]],
    ],
    ["select quantiles(0.5, 1)(duration_ms) from spans where kind = 'client'", [[[40, 40]]]],
    [
      'select toStartOfInterval(start_time, interval 100 millisecond) as slot, count() as n from spans group by slot order by slot limit 2',
      [
        ['2100-01-01 00:00:00.000', 4],
        ['2100-01-01 00:00:00.100', 1],
      ],
    ],
    [
      "select toStartOfMinute(start_time) as minute, countIf(is_error) / count() as ratio from spans where service = 'payment' group by minute",
      [['2100-01-01 00:00:00', 0.5]],
    ],
    [
      'select parent_service, service, count() as calls from calls where is_remote group by all order by calls desc, service',
      [
        ['frontend', 'payment', 2],
        ['frontend', 'cart', 1],
        ['cart', 'db', 1],
      ],
    ],
    [
      'select c.parent_name, s.status_message from calls c join spans s on s.trace_id = c.trace_id and s.span_id = c.span_id where c.is_error',
      [['GET /checkout', 'card issuer timed out']],
    ],
    [
      `select depth, tree from trace_tree('${checkoutId}') order by sort_key limit 3`,
      [
        [0, 'frontend: GET /checkout'],
        [1, '  cart: GET /cart'],
        [2, '    db: SELECT items'],
      ],
    ],
    [`select max(depth) from trace_tree('${checkoutId.toUpperCase()}')`, [[2]]],
    [
      "select path from paths where service = 'db'",
      [[['frontend: GET /checkout', 'cart: GET /cart', 'db: SELECT items']]],
    ],
    [
      "select arrayStringConcat(path, ' > ') as way, count() from paths('2099-12-31', '2100-01-02') where depth = 2 group by way",
      [['frontend: GET /checkout > cart: GET /cart > db: SELECT items', 1]],
    ],
    [
      'select root_name, spans, errors, services, duration_ms from traces order by start_time',
      [
        ['GET /checkout', 6, 1, ['cart', 'db', 'frontend', 'payment'], 300],
        ['process order', 1, 0, ['warehouse'], 120],
      ],
    ],
    [
      "select attributes['exception.type'] as type, count() from span_events where name = 'exception' group by type",
      [['TimeoutError', 1]],
    ],
    ['select service, linked_trace_id from span_links', [['warehouse', checkoutId]]],
    [
      'select name, sum(spans) as n from operations group by name order by n desc, name limit 1',
      [['POST /charge', 2]],
    ],
    [
      'select service, sum(spans) from span_metrics where is_error group by service',
      [['payment', 1]],
    ],
    [
      "select round(quantileExactWeighted(0.5)(bucket_ms, spans), -1) from span_metrics where service = 'payment'",
      [[80]],
    ],
    [
      "select type, samples from attribute_keys where scope = 'span' and key = 'attempt'",
      [['int', ['1', '2']]],
    ],
    [
      "select name, row_number() over (partition by service order by start_time) as n from spans where service = 'payment' order by n",
      [
        ['POST /charge', 1],
        ['POST /charge', 2],
      ],
    ],
    [
      "select service, duration_ms - lagInFrame(duration_ms, 1, duration_ms) over w as more from spans where service = 'payment' window w as (order by start_time rows between unbounded preceding and current row) order by start_time",
      [
        ['payment', 0],
        ['payment', -10],
      ],
    ],
    [
      'select service, name from spans qualify row_number() over (partition by service order by duration_ns desc) = 1 order by service limit 1',
      [['cart', 'GET /cart']],
    ],
    [
      'with slow as (select trace_id from traces where duration_ms > 200) select count() from spans where trace_id in (select trace_id from slow)',
      [[6]],
    ],
    [
      'with 100 as least, big as (select * from spans where duration_ms > least) select count() from big',
      [[2]],
    ],
    [
      'with a as (select service from spans where is_error), b as (select service from a) select distinct service from b',
      [['payment']],
    ],
    [
      "select s.service, t.root_name from spans s inner join traces t using (trace_id) where s.kind = 'client'",
      [['db', 'GET /checkout']],
    ],
    [
      "select a.name from spans a left anti join calls b on a.span_id = b.parent_id and a.trace_id = b.trace_id where a.service = 'db'",
      [['SELECT items']],
    ],
    [
      'select * from (select service, sum(duration_ns) as total from spans group by service) as t order by total desc limit 1',
      [['frontend', 310000000]],
    ],
    [
      'select service from spans where is_error union distinct select service from spans where is_root order by service',
      [['payment'], ['frontend'], ['warehouse']],
    ],
    ['(select 1 as x union all select 2) except select 2', [[1]]],
    [
      "select mapKeys(attributes) from spans where name = 'publish order'",
      [[['messaging.system']]],
    ],
    [
      'select key, count() from spans array join mapKeys(attributes) as key group by key order by count() desc, key limit 1',
      [['http.response.status_code', 4]],
    ],
    [
      "select arraySort(groupUniqArray(service)) from spans where kind in ('client', 'consumer')",
      [[['db', 'warehouse']]],
    ],
    [
      "select arrayMap(x -> upper(x), ['a', 'b']), arrayFilter((x, y) -> y, [1, 2], [0, 1]), has([1, 2], 2)",
      [[['A', 'B'], [2], 1]],
    ],
    [
      "select case when duration_ms > 100 then 'slow' else 'fast' end as speed, count() from spans group by speed order by speed",
      [
        ['fast', 5],
        ['slow', 2],
      ],
    ],
    [
      "select cast(duration_ms as UInt32) % 7, duration_ms::String, -duration_ms from spans where service = 'db'",
      [[5, '40', -40]],
    ],
    [
      "select name from spans where name like '%charge%' and not (status = 'error') and status_message is not null",
      [['POST /charge']],
    ],
    [
      "select extract(year from start_time), date_trunc('hour', start_time) from spans limit 1",
      [[2100, '2100-01-01 00:00:00']],
    ],
    ['select sum(n) from (select toUInt64(number) as n from numbers(10))', [[45]]],
    ["select count() from spans('2099-12-31T23:00:00Z', '2100-01-01T00:00:00.1Z')", [[4]]],
    ['select count() from spans(now() - interval 1 hour, now())', [[0]]],
    ["select count() from spans('now-1h')", [[7]]],
    [
      "select topK(1)(name), argMax(name, duration_ns), uniq(service), any(kind) from spans where service = 'payment'",
      [[['POST /charge'], 'POST /charge', 1, 'server']],
    ],
    [
      'select `service` as "Dienst µ", count(distinct name) from spans where service = \'db\' group by 1',
      [['db', 1]],
    ],
    ['select sum(duration_ms) filter (where is_error) from spans', [[90]]],
    [
      'select service, count() as n from spans group by service with rollup order by n desc limit 1',
      [['', 7]],
    ],
    [
      "select name from spans where match(name, '^(GET|SELECT) ') order by name",
      [['GET /cart'], ['GET /checkout'], ['SELECT items']],
    ],
    [
      'select service, min(name) as name from spans group by service, kind order by service, name limit 1 by service limit 2 offset 1',
      [
        ['db', 'SELECT items'],
        ['frontend', 'GET /checkout'],
      ],
    ],
    [
      'select exists(select 1 from spans where is_error), (select max(duration_ms) from spans)',
      [[1, 300]],
    ],
    ['select /* why */ count() -- of all\nfrom spans', [[7]]],
    [
      "select 'it''s \\'quoted\\' \\\\ {p1:String} $$ ; -- no comment'",
      [["it's 'quoted' \\ {p1:String} $$ ; -- no comment"]],
    ],
  ])('%s', async (text, rows) => {
    expect(await rowsOf(text)).toEqual(rows);
  });
});

test.each(Object.keys(views))('* of %s gives the columns that are described', async (name) => {
  const view = views[name]!;
  const from = view.takes === 'trace' ? `${name}('${checkoutId}')` : name;
  const { columns } = await query.sql(`select * from ${from} limit 1`);
  const shown = Object.keys(view.columns).filter((column) => !view.quiet?.includes(column));
  expect(columns.map((column) => column.name)).toEqual(shown);
  await query.sql(`select ${Object.keys(view.columns).join(', ')} from ${from} limit 1`);
});

test('casts know nested types', async () => {
  const text = "select toTypeName(cast((now64(3), 'a') as Tuple(DateTime64(3), Nullable(String))))";
  expect(await rowsOf(text)).toEqual([["Tuple(DateTime64(3, 'UTC'), Nullable(String))"]]);
});

test('who leaves is told at once, and the statement is left to its limit', async () => {
  const leaving = new AbortController();
  const asked = query.sql('select sum(cityHash64(number)) from numbers(300000000)', {
    signal: leaving.signal,
  });
  leaving.abort(new Error('left'));
  await expect(asked).rejects.toThrow('left');
  expect(await rowsOf('select 1')).toEqual([[1]]);
});

test('columns are named as they were asked for', async () => {
  const { columns, sql } = await query.sql(
    "select service, count(*), attributes['a'], duration_ms\n / 2, max(name) as most from spans group by all",
  );
  expect(columns.map(({ name }) => name)).toEqual([
    'service',
    'count(*)',
    "attributes['a']",
    'duration_ms / 2',
    'most',
  ]);
  expect(sql).toContain('tenant = {p');
});

test('one trace is found by the index, not by reading all', async () => {
  const { took } = await query.sql(`select name from trace_tree('${checkoutId}')`);
  expect(took.rowsRead).toBeGreaterThan(0);
});

test.each([
  ['selec 1', /SELECT or WITH/],
  ['select from spans', /line 1, column 8: .*\n {2}select from spans\n {9}\^/],
  ['select 1 from nowhere', /no view nowhere; the views are spans, /],
  ['select sleep(1)', /the function sleep is not on the list/],
  [
    "select *\nfrom spans\nwhere name = 'x",
    /line 3, column 14: this quote has no end\n {2}where name = 'x\n {15}\^/,
  ],
  ['select nonsense from spans', /nonsense/],
  ['select name + 1 from spans', /[Ii]llegal types/],
])('%s is told what is wrong', async (text, words) => {
  await expect(query.sql(text)).rejects.toMatchObject({
    name: 'QuestionError',
    message: expect.stringMatching(words),
  });
});

describe('docs/sql.md', () => {
  const page = readFileSync(new URL('../../../docs/sql.md', import.meta.url), 'utf8');
  const [, questions = ''] = /## Questions[\s\S]*?```sql\n([\s\S]*?)```/.exec(page) ?? [];

  test.each(questions.split('\n\n'))('%s', async (question) => {
    expect((await query.sql(question)).columns.length).toBeGreaterThan(1);
  });

  test.each(Object.entries(views))('describes %s with every column', (name, view) => {
    const call = view.takes === 'trace' ? `${name}('trace id')` : name;
    const [, section = ''] = page.split(`### \`${call}\``);
    const rows = [...section.split('###')[0]!.matchAll(/^\| `(\w+)` \| (.*) \|$/gm)];
    expect(rows.map(([, column]) => column)).toEqual(Object.keys(view.columns));
    for (const [, column, says] of rows) expect(says).toContain(view.columns[column!]);
  });
});
