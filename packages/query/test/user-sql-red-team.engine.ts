/**
 * SQL that must not work: each attempt is refused before the engine is asked, a canary file is not read
 * and a canary port is not connected to. The second line, the engine's own tree held against lists, is
 * shown to refuse the same attempts by itself. Rules: reference of attempts in docs/decisions/0014.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkoutNotation } from '../../testkit/src/cast.ts';
import { createQuery, type Query, QuestionError } from '../src/index.ts';
import { checkTree, UnexpectedTree } from '../src/user-sql/check-tree.ts';
import { openTestEngine, type TestEngine } from './engine.ts';

const secret = 'canary-3f9c1e77';
const dir = mkdtempSync(join(tmpdir(), 'clew-canary-'));
const canary = join(dir, 'canary.txt');
const written = join(dir, 'written.txt');
/** Stand in the attempts for the real place and port. */
const fill = (text: string) =>
  text.replaceAll('FILE', canary).replaceAll('OUT', written).replaceAll('PORT', String(port));

let stored: TestEngine;
let query: Query;
let server: Server;
let port = 0;
let connections = 0;
let asked = 0;

beforeAll(async () => {
  writeFileSync(canary, `${secret}\n`);
  server = createServer((socket) => {
    connections++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as { port: number }).port;
  stored = await openTestEngine();
  await stored.load({ mine: checkoutNotation, theirs: checkoutNotation.replaceAll('ann', secret) });
  const { engine } = stored;
  const counted = {
    ...engine,
    read: (...args: Parameters<typeof engine.read>) => {
      asked++;
      return engine.read(...args);
    },
  };
  query = createQuery(counted, { tenant: 'mine' });
});
afterAll(async () => {
  await stored.close();
  await new Promise((resolve) => server.close(resolve));
  rmSync(dir, { recursive: true, force: true });
});

/** Marked `first`: what only our own grammar knows to refuse; the engine sees nothing wrong, or another text, in it. */
const attempts: readonly (string | { readonly first: string })[] = [
  // Table functions that read files, networks, programs, in every place a table can stand.
  "select * from file('FILE')",
  "select * from file('FILE', 'LineAsString')",
  "select * from FILE('FILE', LineAsString, 'x String')",
  "select * from `file`('FILE', 'LineAsString')",
  "select * from \"file\"('FILE', 'LineAsString')",
  "select count() from spans join file('FILE', 'LineAsString') as f on 1 = 1",
  "select count() from spans, file('FILE', 'LineAsString') as f",
  "select count() from spans cross join file('FILE', 'LineAsString')",
  "select (select line from file('FILE', 'LineAsString') limit 1)",
  "select 1 where 'x' in (select line from file('FILE', 'LineAsString'))",
  "with f as (select * from file('FILE', 'LineAsString')) select * from f",
  "with (select line from file('FILE', 'LineAsString') limit 1) as f select f",
  "select 1 union all select 2 from file('FILE', 'LineAsString')",
  "select 1 except select 1 from file('FILE', 'LineAsString')",
  "select exists(select 1 from file('FILE', 'LineAsString'))",
  "select * from (select * from (select * from file('FILE', 'LineAsString')))",
  "select count() from spans where name = (select line from file('FILE', 'LineAsString') limit 1)",
  "select count() from spans group by (select line from file('FILE', 'LineAsString') limit 1)",
  "select count() from spans having 1 in (select 1 from file('FILE', 'LineAsString'))",
  "select service from spans order by (select line from file('FILE', 'LineAsString') limit 1)",
  "select sum(1) over (order by (select line from file('FILE', 'LineAsString') limit 1)) from spans",
  "select arrayMap(x -> (select line from file('FILE', 'LineAsString') limit 1), [1])",
  "select * from url('http://127.0.0.1:PORT/', 'LineAsString')",
  "select * from url('http://127.0.0.1:PORT/', LineAsString, 'line String')",
  "select * from urlCluster('default', 'http://127.0.0.1:PORT/', 'LineAsString')",
  "select * from remote('127.0.0.1:PORT', system.one)",
  "select * from remoteSecure('127.0.0.1:PORT', system.one)",
  "select * from cluster('default', system.one)",
  "select * from clusterAllReplicas('default', system.one)",
  "select * from s3('http://127.0.0.1:PORT/b/k', 'CSV', 'a String')",
  "select * from gcs('http://127.0.0.1:PORT/b/k', 'CSV', 'a String')",
  "select * from hdfs('hdfs://127.0.0.1:PORT/x', 'CSV', 'a String')",
  "select * from azureBlobStorage('http://127.0.0.1:PORT', 'c', 'x')",
  "select * from mysql('127.0.0.1:PORT', 'd', 't', 'u', 'p')",
  "select * from postgresql('127.0.0.1:PORT', 'd', 't', 'u', 'p')",
  "select * from mongodb('127.0.0.1:PORT', 'd', 'c', 'u', 'p', 'a String')",
  "select * from redis('127.0.0.1:PORT', 'k', 'k String')",
  "select * from sqlite('FILE', 't')",
  "select * from jdbc('x', 'y', 'z')",
  "select * from odbc('x', 'y', 'z')",
  "select * from iceberg('http://127.0.0.1:PORT/')",
  "select * from deltaLake('http://127.0.0.1:PORT/')",
  "select * from executable('cat', 'TSV', 'line String')",
  "select * from python('import os')",
  "select * from merge('system', '.*')",
  "select * from merge('clew', '^spans$')",
  "select * from dictionary('d')",
  "select * from input('a String')",
  "select * from format(CSV, 'a String', '1')",
  "select * from generateRandom('a String') limit 1",
  'select * from view(select * from spans)',
  "select * from viewIfPermitted(select 1 else null('a UInt8'))",
  "select * from values('a String', 'x')",
  "select * from null('a String')",
  'select * from loop(spans)',
  "select * from fuzzJSON('{}')",
  "select * from mergeTreeIndex('clew', 'spans')",
  'select * from zeros(10)',
  { first: 'select * from numbers((select 1))' },
  { first: "select * from numbers('10')" },
  // Other tables: by name, quoted, qualified, behind IN, behind views.
  'select * from system.tables',
  'select * from `system`.`tables`',
  'select * from "system"."settings"',
  'select * from `system.tables`',
  'select * from system . processes',
  'select * from information_schema.tables',
  'select * from INFORMATION_SCHEMA.COLUMNS',
  'select * from clew.spans',
  'select * from default.spans',
  'select * from sql_spans',
  {
    first: "select * from sql_spans(tenant = 'theirs', since = '1970-01-01', until = '2262-01-01')",
  },
  "select * from spans(tenant = 'theirs')",
  "select * from spans('now-1h', 'now', 'theirs')",
  "select * from spans(tenant = 'theirs', since = now(), until = now())",
  'select * from spans((select now()))',
  "select * from trace_tree((select 'x'))",
  "select * from trace_tree('636865636b6f7574', 'theirs')",
  "select * from trace_tree('x\\'), tenant = \\'theirs')",
  'select * from trace_ix',
  'select * from service_looks',
  'select * from ingest_ledger',
  'select * from schema_version',
  'select * from operations_mv',
  'select * from constructor',
  'select * from __proto__',
  'select 1 in system.one',
  "select 'x' in (tables)",
  'select service in service_looks from spans',
  'select (service, 1) in (service_looks) from spans',
  'select service not in `service_looks` from spans',
  'select service global in service_looks from spans',
  'select in(service, service_looks) from spans',
  'select notIn(1, system.one)',
  'select globalIn(1, one)',
  'with tables as (select 1 as x) select * from system.tables',
  'with x as (select * from spans_local) select * from x',
  'select * from (with inner_one as (select 1) select * from inner_one) join inner_one on 1 = 1',
  'select (with service_looks as (select 1 as a) select a from service_looks) from service_looks',
  // Functions that read something else than their arguments, or wait.
  "select file('FILE')",
  "select `file`('FILE')",
  "select File('FILE')",
  "select dictGet('d', 'a', 1)",
  "select dictGetOrDefault('d', 'a', 1, 2)",
  "select dictHas('d', 1)",
  "select joinGet('clew.j', 'a', 1)",
  "select joinGetOrNull('j', 'a', 1)",
  "select getSetting('max_threads')",
  "select getMacro('shard')",
  "select getServerSetting('x')",
  "select getMergeTreeSetting('x')",
  'select hostName()',
  'select fqdn()',
  'select currentDatabase(), currentUser(), version()',
  'select serverUUID()',
  'select sleep(3)',
  'select sleepEachRow(3) from spans',
  'select arrayMap(x -> sleep(x), [3])',
  "select addressToLine(1), addressToSymbol(1), demangle('x')",
  "select catboostEvaluate('FILE', 1)",
  'select evalMLMethod(1)',
  "select fuzzBits('x', 0.5)",
  "select executable('x')",
  'select throwIf(1)',
  'select filesystemAvailable(), filesystemCapacity()',
  "select initializeAggregation('sum', 1)",
  { first: "select arrayReduce('file', [1])" },
  { first: "select arrayReduce((select 'sum'), [1])" },
  "select arrayReduceInRanges('sum', [(1, 1)], [1])",
  "select hasColumnInTable('system', 'tables', 'name')",
  'select showCertificate()',
  'select tcpPort()',
  'select blockSerializedSize(1), rowNumberInAllBlocks()',
  'select uptime(), getOSKernelVersion()',
  "select partitionId(1), structureToCapnProtoSchema('a String')",
  'select lambdaThatIsNone(x -> x, [1])',
  "select aiGenerateContent('x')",
  "select levenshteinDistance('a', 'b')",
  // Output, settings, formats, parameters, other statements.
  { first: "select 1 into outfile 'OUT'" },
  { first: "select 1 INTO OUTFILE 'OUT' FORMAT CSV" },
  { first: "select * from spans into outfile 'OUT' truncate" },
  { first: "(select 1) into outfile 'OUT'" },
  { first: 'select 1 format Null' },
  { first: 'select 1 FORMAT JSON' },
  'select 1 settings max_memory_usage = 0',
  'select 1 settings max_execution_time = 0, readonly = 0',
  'select * from (select 1 settings max_threads = 100)',
  'with x as (select 1 settings max_threads = 100) select * from x',
  'select 1 union all select 2 settings max_threads = 9',
  'select * from spans final',
  'select * from spans sample 0.1',
  'select * from spans prewhere 1',
  { first: 'select {p1:String}' },
  { first: 'select * from {p1:Identifier}' },
  { first: "select {'a': 1}" },
  { first: 'select 1; select 2' },
  { first: 'select 1; drop table spans' },
  { first: 'select 1;;' },
  { first: "select 1; insert into function file('OUT') select 1" },
  "insert into function file('OUT', 'CSV', 'a String') select 'x'",
  'insert into spans select * from spans',
  'insert into spans values (1)',
  'create temporary table t (a Int8)',
  'create view v as select 1',
  'create function f as x -> x',
  'drop view sql_spans',
  'alter table spans delete where 1',
  'delete from spans where 1',
  'truncate table spans',
  'rename table spans to x',
  'attach table x',
  'detach table spans',
  'optimize table spans final',
  'system reload config',
  'system shutdown',
  'kill query where 1',
  'set max_memory_usage = 0',
  "set param_p1 = 'theirs'",
  'use system',
  'grant all on *.* to me',
  "backup table spans to Disk('x', 'y')",
  "restore all from File('FILE')",
  'show tables',
  'show create table spans',
  'describe table spans',
  "describe table url('http://127.0.0.1:PORT/')",
  "desc file('FILE')",
  'explain select 1',
  "explain plan select * from remote('127.0.0.1:PORT', system.one)",
  'explain ast select 1',
  "select * from (explain select * from url('http://127.0.0.1:PORT/'))",
  'exists table spans',
  'check table spans',
  'watch spans',
  'begin transaction',
  'execute as me select 1',
  'parallel with select 1',
  'from spans select *',
  'values (1)',
  'table spans',
  // Reading tricks: comments, quotes, unicode, nesting.
  "select * from/**/file/**/('FILE')",
  "select * from fi/**/le('FILE')",
  "select * from file -- x\n ('FILE')",
  { first: "select 1 /* /* */ */ from file('FILE')" },
  { first: 'select 1 /* no end' },
  { first: "select 'no end" },
  { first: 'select `no end' },
  { first: "select $$x$$ from file('FILE')" },
  { first: 'select $tag$x$tag$' },
  { first: '# comment\nselect 1' },
  { first: "select * from ｆｉｌｅ('FILE')" },
  { first: 'select\u00a01' },
  { first: 'select \u200b1' },
  { first: 'select 1\u0000; drop table spans' },
  { first: 'select "a\u202eb"' },
  { first: 'select "a`; drop table spans"' },
  { first: 'select `a\\` from system.tables`' },
  { first: "select '\ud800'" },
  { first: 'select 1 as `a``b`' },
  { first: `select ${'('.repeat(200)}1${')'.repeat(200)}` },
  { first: `select ${'-'.repeat(300)}1` },
  { first: `select ${'not '.repeat(300)}1` },
  { first: `select ${'['.repeat(100)}${']'.repeat(100)}` },
  { first: `${'select * from ('.repeat(40)}select 1${')'.repeat(40)}` },
  { first: `select ${'1,'.repeat(2000)}1` },
  { first: `select '${'x'.repeat(40_000)}'` },
  { first: `select ${'1+'.repeat(5000)}1` },
  { first: `select ${'+ '.repeat(5000)}1` },
  { first: `select x${'[1]'.repeat(5000)}` },
  { first: `select 1${'::String'.repeat(3000)}` },
  { first: `select ${'true and '.repeat(3000)}true` },
  { first: `select 1 ${'is null '.repeat(3000)}` },
  { first: `select ${"'a' || ".repeat(4000)}'a'` },
  { first: 'select 1 a constructor' },
  { first: '' },
  { first: ' -- nothing\n' },
  { first: ';' },
  { first: 'select' },
  { first: 'select 1 as x from numbers(1) paste join numbers(1)' },
  'select * from spans global join spans s on 1 = 1',
  'with recursive t as (select 1 as n union all select n + 1 from t) select * from t',
  "select columns('.*') from spans",
  "select * replace (file('FILE') as name) from spans",
  "select * apply(x -> file('FILE')) from spans",
  { first: "select cast('FILE' as Object('json'))" },
  { first: "select 'x'::AggregateFunction(sum, UInt8)" },
  { first: "select cast(1, 'Enum8(\\'a\\' = 1)')" },
  { first: "select cast(1 as DateTime('x\\'), file(\\'FILE'))" },
  { first: 'select 1 limit (select 1)' },
  { first: 'select 1 limit 1 + 1' },
  "select 1 order by 1 with fill interpolate (a as file('FILE'))",
  { first: 'select * from numbers(1, 2, 3)' },
  'select ? from spans',
  'select @@version',
  { first: 'select 1 ? 2 : 3' },
  'select #1',
  'select count(spans.*) from spans',
  'select max(*) from spans',
];
const plain = attempts.map((attempt) => (typeof attempt === 'string' ? attempt : attempt.first));

test('there are many', () => {
  expect(new Set(plain).size).toBe(plain.length);
  expect(plain.length).toBeGreaterThan(200);
});

describe('is refused before the engine is asked', () => {
  test.each(plain.map((text) => [text.slice(0, 120), text]))('%s', async (_, text) => {
    const before = asked;
    const refused = await query.sql(fill(text)).then(
      (answer) => answer,
      (error: unknown) => error,
    );
    expect(refused).toBeInstanceOf(QuestionError);
    const { code, hint } = refused as QuestionError;
    expect(['bad-sql', 'sql-not-allowed', 'bad-trace-id']).toContain(code);
    expect(hint).toMatch(/\w/);
    expect(asked).toBe(before);
  });
});

describe("is refused by the engine's own tree alone", () => {
  const alone = attempts.filter((attempt) => typeof attempt === 'string');
  test.each(alone)('%s', async (text) => {
    const limits = {
      secondsMax: 5,
      rowsMax: 10_000,
      rowsReadMax: 1000,
      memoryBytesMax: 64 << 20,
      threadsMax: 1,
      resultBytesMax: 1 << 20,
    };
    const tree = stored.engine.read(
      { text: `explain ast ${fill(text)}`, params: {} },
      limits,
      'TSVRaw',
    );
    const read = await tree.then(
      (bytes) => bytes.toString(),
      () => null,
    );
    if (read !== null) expect(() => checkTree(read)).toThrow(UnexpectedTree);
  });
});

describe('names that hide others stay harmless', () => {
  test.each<[string, unknown]>([
    // A query of WITH under a view's name is the query; under a table's name it is no table.
    ['with spans as (select 1 as x) select * from spans', [[1]]],
    ['with service_looks as (select 2 as x) select x from service_looks', [[2]]],
    ['with sql_spans as (select 3 as x) select count() from spans', [[7]]],
    ['with cte_1 as (select 4 as x), b as (select x from cte_1) select x from b', [[4]]],
    [
      "select count() from (select 'theirs' as tenant, * from spans) where tenant = 'theirs'",
      [[7]],
    ],
    ["select 'theirs' as tenant, count() from spans where tenant = 'theirs'", [['theirs', 7]]],
    ["with 'theirs' as tenant select count() from spans where tenant = 'theirs'", [[7]]],
    ["select count() from spans where attributes['user.id'] like 'canary%'", [[0]]],
    ['select count() from spans as sql_spans where sql_spans.is_error', [[1]]],
    [
      'select count() from spans a join spans b on a.trace_id = b.trace_id and a.span_id = b.span_id',
      [[7]],
    ],
    [
      'select \'{tenant:String}\', "{p1:String}" from (select 1 as "{p1:String}")',
      [['{tenant:String}', 1]],
    ],
  ])('%s', async (text, rows) => {
    expect((await query.sql(text)).rows).toEqual(rows);
  });

  test.each([
    'select tenant from spans',
    'select segment from spans',
    'select res_dropped from spans',
    "select * from (select 1 as a) as spans where spans.tenant = 'x'",
  ])('%s asks for what is not there', async (text) => {
    await expect(query.sql(text)).rejects.toMatchObject({ code: 'sql-refused' });
  });

  test('no view tells of another tenant', async () => {
    for (const view of [
      'spans',
      'traces',
      'calls',
      'paths',
      'span_events',
      'span_links',
      'operations',
      'span_metrics',
      'attribute_keys',
    ]) {
      const answer = await query.sql(`select * from ${view}`);
      expect(JSON.stringify(answer.rows), view).not.toContain(secret);
    }
  });
});

describe('limits stop the statement', () => {
  test.each<[string, Record<string, number>, RegExp]>([
    [
      'select sum(cityHash64(number)) from numbers(100000000000)',
      { secondsMax: 1 },
      /longer than 1 s/,
    ],
    ['select groupArray(number) from numbers(1000000000)', { memoryBytesMax: 64 << 20 }, /memory/],
    ['select count() from spans', { rowsReadMax: 3 }, /reads more than 3 rows/],
    [
      "select repeat('x', 1000) from numbers(10000)",
      { resultBytesMax: 1 << 20, rowsMax: 100_000 },
      /1048576 bytes/,
    ],
  ])('%s', async (text, limits, words) => {
    const all = {
      secondsMax: 20,
      rowsMax: 1000,
      rowsReadMax: 1_000_000_000_000,
      memoryBytesMax: 512 << 20,
      resultBytesMax: 64 << 20,
      runningMax: 2,
    };
    const strict = createQuery(stored.engine, { tenant: 'mine', sql: { ...all, ...limits } });
    await expect(strict.sql(text)).rejects.toMatchObject({
      code: 'sql-over-limit',
      message: expect.stringMatching(words),
    });
  });

  test('rows: JSON is cut and says so, a file is refused', async () => {
    const sql = {
      secondsMax: 20,
      rowsMax: 5,
      rowsReadMax: 1e9,
      memoryBytesMax: 512 << 20,
      resultBytesMax: 64 << 20,
      runningMax: 2,
    };
    const strict = createQuery(stored.engine, { tenant: 'mine', sql });
    const cut = await strict.sql('select number from numbers(6)');
    expect(cut).toMatchObject({ complete: false });
    expect(cut.rows).toHaveLength(5);
    expect(await strict.sql('select number from numbers(5)')).toMatchObject({ complete: true });
    await expect(strict.sqlFile('select number from numbers(6)', 'csv')).rejects.toMatchObject({
      code: 'sql-over-limit',
    });
    expect((await strict.sqlFile('select number as n from numbers(2)', 'csv')).toString()).toBe(
      '"n"\n0\n1\n',
    );
    const parquet = await strict.sqlFile('select name from spans limit 5', 'parquet');
    expect([parquet.subarray(0, 4).toString(), parquet.subarray(-4).toString()]).toEqual([
      'PAR1',
      'PAR1',
    ]);
    const arrow = await strict.sqlFile('select name from spans limit 5', 'arrow');
    expect(arrow.subarray(0, 6).toString()).toBe('ARROW1');
  });
});

test('the canaries are untouched', () => {
  expect(connections).toBe(0);
  expect(existsSync(written)).toBe(false);
  expect(readdirSync(dir)).toEqual(['canary.txt']);
});
