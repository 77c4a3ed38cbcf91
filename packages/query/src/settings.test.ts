import { expect, test } from 'vitest';
import { querySettings, querySettingsOf } from './settings.ts';

test('what is left out has the default of the table', () => {
  const byKey = new Map(querySettings.map((row) => [row.key, row.default]));
  expect(querySettingsOf({ secondsMax: 5 })).toMatchObject({
    tenant: '',
    secondsMax: 5,
    limitMax: byKey.get('query.limit_max'),
  });
});

test('limits that contradict each other are refused by name', () => {
  expect(() => querySettingsOf({ rowsMax: 5_000 })).toThrow(
    'query.trace_spans_max is 500000: it must be less than query.rows_max, which is 5000',
  );
  expect(() => querySettingsOf({ rowsMax: 10, traceSpansMax: 5 })).toThrow('query.limit_max');
});
