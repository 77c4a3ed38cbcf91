import { describe, expect, test } from 'vitest';
import { ApiError } from '../errors.ts';
import { searchQuery, servicesQuery, tracePath } from '../native/asks.ts';
import { validate } from './validate.ts';

function refusalOf(given: object, schema: Parameters<typeof validate>[0] = searchQuery): string {
  try {
    validate(schema, given);
  } catch (error) {
    if (error instanceof ApiError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'taken';
}

describe('search parameters', () => {
  test('are read into values', () => {
    const given = {
      service: 'cart',
      minDuration: '1.5s',
      limit: '50',
      attr: 'a=b',
      status: 'error',
      kind: 'server',
    };
    expect(validate(searchQuery, given)).toEqual({
      by: 'trace',
      service: 'cart',
      minDuration: 1_500_000_000n,
      limit: 50,
      attr: ['a=b'],
      status: 'error',
      kind: 'server',
    });
    expect(validate(searchQuery, { attr: ['a=b', 'c>1'], by: 'span' })).toEqual({
      by: 'span',
      attr: ['a=b', 'c>1'],
    });
  });

  test.each([
    [
      { minDuration: '5 parsecs' },
      'bad-parameter: minDuration: found "5 parsecs", wanted a duration such as 500ms or 1.5s',
    ],
    [{ limit: '0' }, 'bad-parameter: limit: found "0", wanted a whole number from 1 to 10000'],
    [
      { limit: 'many' },
      'bad-parameter: limit: found "many", wanted a whole number from 1 to 10000',
    ],
    [{ status: 'bad' }, 'bad-parameter: status: found "bad", wanted unset, ok or error'],
    [{ by: 'service' }, 'bad-parameter: by: found "service", wanted trace or span'],
    [{ service: '' }, 'bad-parameter: service: found "", wanted 1 to 1024 characters'],
    [{ service: ['a', 'b'] }, 'bad-parameter: service: found 2 values, wanted it once'],
    [{ minDuration: ['1s', '2s'] }, 'bad-parameter: minDuration: found 2 values, wanted it once'],
    [{ status: ['ok', 'error'] }, 'bad-parameter: status: found 2 values, wanted it once'],
    [
      { attr: Array(33).fill('a=b') },
      'bad-parameter: attr: found 33 values, wanted at most 32 of them',
    ],
    [
      { servcie: 'cart' },
      'unknown-parameter: servcie: found a parameter that does not exist here, wanted one of by, q, service, operation, status, kind, minDuration, maxDuration, attr, from, to, limit, cursor',
    ],
  ])('%j is refused', (given, refusal) => {
    expect(refusalOf(given)).toBe(refusal);
  });

  test('a long value is cut in the message', () => {
    expect(refusalOf({ kind: 'x'.repeat(500) }).length).toBeLessThan(250);
  });
});

test('a missing part of a path says so', () => {
  expect(refusalOf({}, tracePath)).toBe('bad-parameter: id: found nothing, wanted a value');
});

test('names from prototypes are no parameters', () => {
  expect(refusalOf({ constructor: 'x' }, servicesQuery)).toMatch(/^unknown-parameter: constructor/);
});
