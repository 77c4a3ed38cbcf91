/** `POST /api/v1/sql` over stored spans: bodies, formats, refusals. */
import { encodeTraces } from '@clew/wire';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkoutTraces } from '../../testkit/src/cast.ts';
import { errorAnswer, sqlAnswer } from '../src/native/answers.ts';
import { openStored, type Stored } from './stored.ts';

let stored: Stored;
beforeAll(async () => {
  stored = await openStored();
  stored.accept(encodeTraces(checkoutTraces(BigInt(Date.now() - 60_000) * 1_000_000n)));
  await stored.load();
});
afterAll(() => stored.close());

const sql = 'select service, count() as n from spans group by service order by n desc, service';

function post(payload: string | object, headers: Record<string, string> = {}, parameters = '') {
  return stored.app.inject({
    method: 'POST',
    url: `/api/v1/sql${parameters}`,
    payload,
    headers: { host: 'localhost', ...headers },
  });
}

test.each<[string, string | object, Record<string, string>]>([
  ['as JSON', { sql }, {}],
  ['as text', sql, { 'content-type': 'text/plain' }],
  ['with a format', { sql, format: 'json' }, { accept: 'text/csv' }],
  ['by Accept', { sql }, { accept: 'text/html, application/json;q=0.9' }],
])('asked %s, rows come as JSON', async (_, payload, headers) => {
  const answer = await post(payload, headers);
  expect([answer.statusCode, answer.headers['cache-control']]).toEqual([200, 'no-store']);
  const { columns, rows, rowCount, complete } = v.parse(sqlAnswer, answer.json());
  expect(columns).toEqual([
    { name: 'service', type: 'LowCardinality(String)' },
    { name: 'n', type: 'UInt64' },
  ]);
  expect(rows[0]).toEqual(['frontend', 2]);
  expect({ rowCount, complete }).toEqual({ rowCount: 5, complete: true });
});

test.each([
  ['text/csv', 'csv', /^"service","n"\n"frontend",2\n/],
  ['application/vnd.apache.parquet', 'parquet', /^PAR1/],
  ['application/vnd.apache.arrow.file', 'arrow', /^ARROW1/],
  ['application/vnd.apache.arrow.stream', 'arrow-stream', /^\xff\xff\xff\xff/],
])('%s is answered by Accept and by format', async (type, format, start) => {
  for (const answer of [
    await post({ sql }, { accept: `${type}, */*` }),
    await post({ sql, format }),
    await post(sql, { 'content-type': 'text/plain' }, `?format=${format}`),
  ]) {
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([
      200,
      expect.stringContaining(type),
    ]);
    expect(answer.rawPayload.toString('latin1')).toMatch(start);
  }
});

test.each<[string, string | object, Record<string, string>, number, string]>([
  ['another statement', { sql: 'drop table spans' }, {}, 400, 'sql-not-allowed'],
  ['no SQL', { sql: 'select * frm spans' }, {}, 400, 'bad-sql'],
  ['a column that is not there', { sql: 'select x from spans' }, {}, 400, 'sql-refused'],
  ['another property', { sql, formt: 'csv' }, {}, 400, 'bad-parameter'],
  ['another format', { sql, format: 'xml' }, {}, 400, 'bad-parameter'],
  ['no statement', {}, {}, 400, 'bad-parameter'],
  ['another body', '<sql/>', { 'content-type': 'text/xml' }, 400, 'bad-request'],
  ['broken JSON', '{', { 'content-type': 'application/json' }, 400, 'bad-request'],
  ['a long body', 'x'.repeat(70_000), { 'content-type': 'text/plain' }, 413, 'body-too-large'],
  ['another site', { sql }, { origin: 'https://evil.example' }, 403, 'origin-refused'],
  ['another host', { sql }, { host: 'evil.example' }, 403, 'host-refused'],
])('refuses %s', async (_, payload, headers, status, code) => {
  const answer = await post(payload, headers);
  const { error } = v.parse(errorAnswer, answer.json());
  expect([answer.statusCode, error.code]).toEqual([status, code]);
  expect(error.hint).toMatch(/\w/);
});

test('GET is no way to ask', async () => {
  const answer = await stored.get('/api/v1/sql');
  expect(answer.statusCode).toBe(404);
});
