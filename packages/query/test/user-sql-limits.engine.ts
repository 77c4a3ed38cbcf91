/** What a user's SQL may take: seconds, rows, memory, bytes; and what is answered when it takes more. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkoutNotation } from '../../testkit/src/cast.ts';
import { createQuery } from '../src/index.ts';
import { openTestEngine, type TestEngine } from './engine.ts';

let stored: TestEngine;
beforeAll(async () => {
  stored = await openTestEngine();
  await stored.load({ mine: checkoutNotation });
});
afterAll(() => stored.close());

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
