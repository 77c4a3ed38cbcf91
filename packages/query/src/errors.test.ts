import { expect, test } from 'vitest';
import { QuestionError, questionErrors } from './errors.ts';

test('an error says what was found and what to do', () => {
  const error = new QuestionError('bad-limit', { found: '0', max: '1000' });
  expect(error.message).toBe('limit 0 is not a whole number from 1 to 1000');
  expect(error.hint).toBe(questionErrors['bad-limit'].help);
});
