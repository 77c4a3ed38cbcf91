import { expect, test } from 'vitest';
import { attributeConditionOf } from './attribute-condition.ts';

test.each([
  ['user.id~[', '~'],
  ['user.id=~(', '~'],
  ['user.id!~*', '!~'],
  ['user.id~"(?=a)"', '~'],
  ['user.id~a(b)\\1', '~'],
])('%s is no regular expression', (written, operator) => {
  expect(() => attributeConditionOf(written)).toThrow(
    `attr: found ${JSON.stringify(written)}, wanted a regular expression in RE2 syntax after ${operator}`,
  );
});

test.each(['a~.*', 'a~\\d+"\\n`\u0007\u{1F600}', 'a~"(?i)x"', 'a~', 'a=['])(
  '%s is taken',
  (written) => {
    expect(attributeConditionOf(written)).toMatchObject({ key: 'a' });
  },
);
