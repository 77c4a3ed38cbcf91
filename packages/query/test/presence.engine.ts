/** Fields narrowed to what spans really have must give the series that the whole field gives. */
import type { Field } from '@clew/traceql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Ask } from '../src/ask.ts';
import { fieldNamed } from '../src/attributes/field.ts';
import { storedFields } from '../src/metrics/presence.ts';
import { startRun } from '../src/run.ts';
import { querySettingsOf } from '../src/settings.ts';
import { seriesStatement } from '../src/sql/series.ts';
import { baseNs, minuteNs, openTestEngine, type TestEngine } from './engine.ts';

let store: TestEngine;
let ask: Ask;

const shop = `
t1  web   GET /a    1s 100ms  server  code=200  flag=true  old.name=x
t2  web   GET /b    2s 300ms  server  error  code=500  size=2.5  old.name=y
t3  api   POST /c  12s 200ms  server  code="500"  region=eu
t4  api   GET /a   80s 700ms  client  size=4  user=ann
`;

beforeAll(async () => {
  store = await openTestEngine();
  await store.load({ '': shop });
  const limits = querySettingsOf({});
  ask = { tenant: '', limits, run: startRun(store.engine, limits) } as Ask;
});
afterAll(() => store?.close());

const range = { fromNs: baseNs, toNs: baseNs + 10n * minuteNs };

const renamed: Field = {
  kind: 'attribute',
  scope: 'span',
  name: 'new.name',
  ofParent: false,
  also: [{ name: 'old.name' }, { name: 'older.name' }],
};

test.each<[string, Field, object]>([
  ['one type', fieldNamed('span.user'), { types: ['string'] }],
  ['several types', fieldNamed('span.code'), { types: ['string', 'int'] }],
  ['a scope', fieldNamed('.flag'), { field: { scope: 'span' }, types: ['boolean'] }],
  ['another name', renamed, { field: { name: 'old.name' }, types: ['string'] }],
  ['nothing known', fieldNamed('span.nowhere'), { types: null }],
  ['an intrinsic', fieldNamed('kind'), { types: null }],
  ['the service', fieldNamed('resource.service.name'), { types: null }],
])('%s', async (_, field, wanted) => {
  const [stored] = await storedFields(ask, range, [field], 1);
  expect(stored).toMatchObject(wanted);
  const rows = async (by: { field: Field; types: typeof stored.types }) => {
    const read = { tenant: '', range, stepNs: minuteNs, where: null, of: null, limit: 100 };
    const found = await ask.run.rows(seriesStatement({ ...read, by: [by] }));
    return found.map((row) => JSON.stringify(row)).sort();
  };
  expect(await rows(stored!)).toEqual(await rows({ field, types: null }));
});

test('a type that the catalogue does not know is looked for in the spans', async () => {
  const { run } = ask;
  const rows = async (statement: Parameters<typeof run.rows>[0]) => {
    const found = await run.rows<{ type?: string }>(statement);
    return found.filter(({ type }) => type !== 'int');
  };
  const [code] = await storedFields(
    { ...ask, run: { ...run, rows } as typeof run },
    range,
    [fieldNamed('span.code')],
    1,
  );
  expect(code!.types).toBe(null);
});
