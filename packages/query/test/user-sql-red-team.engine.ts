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
import { attempts } from './user-sql-attempts.ts';

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

test('the canaries are untouched', () => {
  expect(connections).toBe(0);
  expect(existsSync(written)).toBe(false);
  expect(readdirSync(dir)).toEqual(['canary.txt']);
});
