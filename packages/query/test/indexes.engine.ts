/** Compiled statements use the keys and indexes of `spans`; a harmless-looking rewording can lose them silently. */
import type { Statement } from '@clew/store';
import type { Field } from '@clew/traceql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkoutNotation } from '../../testkit/src/cast.ts';
import { traceIdOf } from '../../testkit/src/notation-otlp.ts';
import { lower } from '../src/lower.ts';
import { prepare } from '../src/prepare.ts';
import { textQuestion } from '../src/question.ts';
import { compile } from '../src/sql/print.ts';
import { rollupStatement } from '../src/sql/rollup.ts';
import { spanHoursStatement } from '../src/sql/scan.ts';
import { summariesStatement, traceColumnsStatement, traceStatement } from '../src/sql/trace.ts';
import { baseNs, minuteNs, openTestEngine, type TestEngine } from './engine.ts';

const range = { fromNs: baseNs, toNs: baseNs + minuteNs };
const read = { tenant: '', traceId: traceIdOf('checkout'), limit: 10 };

let store: TestEngine;

beforeAll(async () => {
  store = await openTestEngine();
  await store.load({ '': checkoutNotation });
});
afterAll(() => store?.close());

/** The engine's account of how it will read a table. */
async function explain(statement: Statement, table = '.spans'): Promise<string> {
  const asked = { ...statement, text: `explain indexes = 1\n${statement.text}` };
  const run = { secondsMax: 10, rowsMax: 1000 };
  const { rows } = await store.engine.rows<{ explain: string }>(asked, run);
  const lines = rows.map((row) => row.explain);
  return lines.slice(lines.findIndex((line) => line.includes(table))).join('\n');
}

/** The keys that the primary key is searched by. */
function primaryKeys(account: string): string[] {
  const lines = account.split('\n').map((line) => line.trim().replace(/^[│└─ ]+/, ''));
  const from = lines.indexOf('Keys:', lines.indexOf('PrimaryKey')) + 1;
  return lines.slice(
    from,
    lines.findIndex((line, at) => at > from && line.startsWith('Condition')),
  );
}

describe('the primary key', () => {
  const byTrace = ['tenant', 'toStartOfMinute(ts)', 'trace_id'];
  const where = null;
  test.each([
    ['a trace', traceStatement(read), byTrace],
    ['its columns', traceColumnsStatement(read), byTrace],
    [
      'summaries',
      summariesStatement({ tenant: '', traceIds: [read.traceId], seconds: null, where, range }),
      byTrace,
    ],
  ])('finds %s', async (_, statement, keys) => {
    expect(primaryKeys(await explain(statement))).toEqual(keys);
  });

  test('is not needed for the range that has spans: parts know it', async () => {
    const { text, params } = spanHoursStatement(range);
    const statement = { text: `explain ${text}`, params };
    const { rows } = await store.engine.rows(statement, { secondsMax: 10, rowsMax: 1000 });
    expect(JSON.stringify(rows)).toContain('_minmax_count_projection');
  });

  test('finds the time of a search', async () => {
    const { query } = textQuestion('{ }', range);
    for (const by of ['trace', 'span'] as const) {
      const plan = lower(query, { by, tenant: '', range, limit: 20, after: null });
      expect(primaryKeys(await explain(compile(plan)))).toEqual(byTrace.slice(0, 2));
    }
  });
});

describe('counts per minute', () => {
  const serviceName: Field = {
    kind: 'attribute',
    scope: 'resource',
    name: 'service.name',
    ofParent: false,
  };
  const duration: Field = { kind: 'intrinsic', name: 'duration' };
  test.each([
    ['rates', null],
    ['quantiles', { field: duration, as: 'powers' }],
    ['sums', { field: duration, as: 'sum' }],
  ] as const)('give %s by service from the rows without names', async (_, of) => {
    const by = [{ field: serviceName, types: null }];
    const read = { tenant: '', range, stepNs: minuteNs, where: null, by, of, limit: 10 };
    expect(await explain(rollupStatement(read), 'ReadFromMergeTree')).toContain('by_power');
  });
});

describe('skip indexes', () => {
  test.each([
    ['{ span.user.id = "ann" }', ['ix_keys', 'ix_values']],
    ['{ duration > 1s }', ['ix_duration']],
    ['{ status = error }', ['ix_status']],
  ])('serve %s', async (text, names) => {
    const { query } = textQuestion(text, range);
    const step = { by: 'span' as const, tenant: '', range, limit: 20, after: null };
    const account = await explain(compile(lower(query, step)));
    for (const name of names) expect(account).toContain(`Name: ${name}`);
  });

  // Each name has two, of the span or of the resource: past a number of terms the engine uses no index at all.
  test.each([
    '.user.id = "nobody has this"',
    '.http.response.status_code = "nobody has this"',
    '.db.statement = "nobody has this"',
    '.server.address = "nobody has this"',
    '.http.response.status_code = 599',
    '.unheard.of = true',
    '.unheard.of = 1.5',
    'span.unheard.of != nil',
    '.user.id != "x" && .unheard.of = "x"',
    '.http.response.status_code = 500 && .http.request.method != "x" && .user.id = "x" && .db.system = "x"',
    'span.a = "x" && span.b = "x" && span.c = "x" && span.d = "x"',
  ])('rule %s out under all its names', async (condition) => {
    const { query } = textQuestion(`{ ${condition} }`, range);
    const step = { by: 'span' as const, tenant: '', range, limit: 20, after: null };
    const known = prepare(query, { has: () => false });
    const account = await explain(compile(lower(known, step)));
    expect(account.match(/Granules: \d+\/\d+/g)?.at(-1)).toMatch(/Granules: 0\//);
  });
});
