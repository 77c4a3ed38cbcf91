import { QuestionError, questionErrors } from '@clew/query';
import { describe, expect, test } from 'vitest';
import { ApiError, asApiError, type ErrorCode, errorBody, errors } from './errors.ts';

const codes = Object.keys(errors) as ErrorCode[];

describe('the catalogue', () => {
  test.each(codes)('%s has a status, words and help', (code) => {
    const { status, says, help } = errors[code];
    expect(status).toBeGreaterThanOrEqual(400);
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(says.length).toBeGreaterThan(3);
    expect(help.length).toBeGreaterThan(3);
  });

  test('shares no code with the questions, whose codes are answered as they are', () => {
    expect(codes.filter((code) => code in questionErrors)).toEqual([]);
  });
});

test('facts take the place of their slots', () => {
  const error = new ApiError('bad-parameter', { parameter: 'limit', found: '"x"', wanted: 'one' });
  expect(error.message).toBe('limit: found "x", wanted one');
  expect(errorBody(error, 'r1')).toEqual({
    error: {
      code: 'bad-parameter',
      message: 'limit: found "x", wanted one',
      hint: 'the parameters are listed at /api/v1/openapi.json',
      requestId: 'r1',
    },
  });
});

function named(name: string, facts: object = {}): Error {
  return Object.assign(new Error('why'), { name, ...facts });
}

test.each([
  [new QuestionError('bad-trace-id', { found: 'zz' }), 400, 'bad-trace-id', undefined],
  [named('EngineUnavailable'), 503, 'engine-unavailable', 2],
  [named('EngineUnavailable', { retryAfterMs: 2500 }), 503, 'engine-unavailable', 3],
  [named('StatementTimedOut'), 504, 'query-timed-out', undefined],
  [named('StatementRefused', { code: 241, overLimit: true }), 400, 'query-too-large', undefined],
  [named('StatementRefused', { code: 47, overLimit: false }), 500, 'engine-refused', undefined],
  [named('StatementRefused', { code: 427 }), 400, 'bad-regular-expression', undefined],
  [named('StatementAborted'), 499, 'client-left', undefined],
  [named('Error', { statusCode: 415 }), 400, 'bad-request', undefined],
  [named('TypeError'), 500, 'internal', undefined],
  ['a text', 500, 'internal', undefined],
])('%s → %i %s', (thrown, status, code, retryAfterSeconds) => {
  expect(asApiError(thrown)).toMatchObject({ status, code, retryAfterSeconds });
});

test('what nobody expected keeps its cause for the log and tells nothing of it', () => {
  const cause = new Error('password is hunter2');
  const error = asApiError(cause);
  expect(error.cause).toBe(cause);
  expect(JSON.stringify(errorBody(error, 'r1'))).not.toContain('hunter2');
});
