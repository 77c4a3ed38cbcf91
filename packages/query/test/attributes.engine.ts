/** Names and values of attributes: from the catalogue, and of spans that a question still being typed chooses. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createQuery, type Query } from '../src/index.ts';
import { baseNs, minuteNs, openTestEngine, type TestEngine } from './engine.ts';

let store: TestEngine;
let query: Query;

const shop = `
t1  web   GET /a    1s 100ms  server  http.status_code=200  web.flag=true  r.host=a
t2  web   GET /b    2s 300ms  server  error  http.status_code=500  size=2.5  r.host=a
t3  api   POST /c  12s 200ms  server  http.status_code="500"  r.host=b
      db  SELECT   12100ms 50ms  client  db.system=postgresql
t4  api   GET /a   80s 700ms  client  size=4.0  user=ann
`;
const lists = `
t1  web  GET  1s 1ms  mark=["a","b c"]  n=[1,-300]  f=[0.5]  on=[true]
t2  web  GET  2s 1ms  mark="a"           n=["x",1]
t3  web  GET  3s 1ms  mark=7             n=[70000]
`;
const many = Array.from({ length: 40 }, (_, at) => `t${at + 1}  web  GET /  ${at}s 1ms  id=u${at}`);

beforeAll(async () => {
  store = await openTestEngine();
  query = createQuery(store.engine);
  await store.load({ '': shop, many: many.join('\n'), lists, empty: '' });
});
afterAll(() => store?.close());

const range = { fromNs: baseNs, toNs: baseNs + 10n * minuteNs };

async function namesOf(filter?: string) {
  const { scopes } = await query.attributeNames({
    range,
    ...(filter === undefined ? {} : { filter }),
  });
  return Object.fromEntries(scopes.map(({ scope, names }) => [scope, names]));
}

async function valuesOf(attribute: string, filter?: string) {
  const { values } = await query.attributeValues({
    attribute,
    range,
    ...(filter === undefined ? {} : { filter }),
  });
  return values.map(({ type, value }) => `${type} ${value}`).sort();
}

describe('names', () => {
  test('stand by scope, in order', async () => {
    const all = await namesOf();
    expect(all['span']).toEqual([
      'db.system',
      'http.status_code',
      'r.host',
      'size',
      'user',
      'web.flag',
    ]);
    expect(all['resource']).toEqual(['service.name']);
    const { scopes } = await query.attributeNames({ scope: 'resource' });
    expect(scopes).toEqual([{ scope: 'resource', names: ['service.name'] }]);
  });

  test('of one service come from the catalogue, of other conditions from spans', async () => {
    const db = await namesOf('{ resource.service.name = "db" }');
    expect(db['span']).toEqual(['db.system']);
    const slow = await namesOf('{ duration > 600ms && resource.ser');
    expect(slow['span']).toEqual(['size', 'user']);
    expect(slow['resource']).toEqual(['service.name']);
  });

  test('are cut at the limit, and say so', async () => {
    const { scopes, complete } = await query.attributeNames({ scope: 'span', limit: 2 });
    expect(scopes).toEqual([{ scope: 'span', names: ['db.system', 'http.status_code'] }]);
    expect(complete).toBe(false);
    await expect(query.attributeNames({ limit: 0 })).rejects.toMatchObject({ code: 'bad-limit' });
  });

  test('of a tenant without spans are none', async () => {
    const { scopes, complete } = await query.attributeNames({}, { tenant: 'empty' });
    expect([scopes, complete]).toEqual([[], true]);
  });
});

describe('values', () => {
  test.each([
    ['span.http.status_code', ['int 200', 'int 500', 'string 500']],
    ['.http.status_code', ['int 200', 'int 500', 'string 500']],
    ['resource.http.status_code', []],
    ['span.size', ['float 2.5', 'float 4.0']],
    ['span.web.flag', ['bool true']],
    ['resource.service.name', ['string api', 'string db', 'string web']],
    ['.service.name', ['string api', 'string db', 'string web']],
    ['name', ['string GET /a', 'string GET /b', 'string POST /c', 'string SELECT']],
    ['status', ['keyword error', 'keyword ok', 'keyword unset']],
    ['span:duration', []],
    ['trace:id', []],
    ['rootName', ['string GET /a', 'string GET /b', 'string POST /c']],
    ['trace:rootService', ['string api', 'string web']],
    ['span.no such/thing', []],
  ])('of %s', async (attribute, values) => {
    expect(await valuesOf(attribute)).toEqual(values);
  });

  test.each([
    ['span.mark', ['int 7', 'string a', 'string b c']],
    ['.n', ['int -300', 'int 1', 'int 70000']],
    ['span.f', ['float 0.5']],
    ['span.on', ['bool true']],
  ])('of %s are elements of arrays too, of those of one type', async (attribute, expected) => {
    for (const filter of [undefined, '{ name = "GET" }']) {
      const asked = { attribute, range, ...(filter ? { filter } : {}) };
      const { values } = await query.attributeValues(asked, { tenant: 'lists' });
      expect(values.map(({ type, value }) => `${type} ${value}`).sort()).toEqual(expected);
    }
  });

  test.each([
    ['name', '{ resource.service.name = "web" }', ['string GET /a', 'string GET /b']],
    ['name', '{resource.service.name="web" && name=', ['string GET /a', 'string GET /b']],
    ['name', '{ status = error }', ['string GET /b']],
    ['span.http.status_code', '{ resource.service.name = "api" }', ['string 500']],
    ['span.http.status_code', '{ duration >= 300ms && .x = " } && ', ['int 500']],
    ['resource.service.name', '{ kind = client } | rate()', ['string api', 'string db']],
    ['resource.service.name', '{ kind = client || ', ['string api', 'string db', 'string web']],
    [
      'resource.service.name',
      '{ kind = client } >> { status = error }',
      ['string api', 'string db', 'string web'],
    ],
    ['resource.service.name', '}}}{{{ (((', ['string api', 'string db', 'string web']],
  ])('of %s where %s', async (attribute, filter, values) => {
    expect(await valuesOf(attribute, filter)).toEqual(values);
  });

  test('are looked for in recent spans when the catalogue has kept only some', async () => {
    const asked = { attribute: 'span.id', range };
    const { values, complete } = await query.attributeValues(asked, { tenant: 'many' });
    expect(values).toHaveLength(40);
    expect(complete).toBe(true);
    const few = await query.attributeValues({ ...asked, limit: 5 }, { tenant: 'many' });
    expect([few.values.length, few.complete]).toEqual([5, false]);
  });

  test('of what is no field are refused', async () => {
    await expect(query.attributeValues({ attribute: 'foo' })).rejects.toMatchObject({
      code: 'bad-field',
    });
    await expect(query.attributeValues({ attribute: 'name) | rate(' })).rejects.toThrow(
      'is no field',
    );
  });
});
