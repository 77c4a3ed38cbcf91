import { describe, expect, test } from 'vitest';
import { parseAttributeCondition } from './attribute-condition.ts';

const string = (value: string) => ({ type: 'string', value });

describe('an attribute condition', () => {
  test.each([
    ['user=ann', 'any', 'user', '=', [string('ann')]],
    ['.user = ann', 'any', 'user', '=', [string('ann')]],
    ['http.route=/a/{id}', 'any', 'http.route', '=', [string('/a/{id}')]],
    ['span.http.route!=/a', 'span', 'http.route', '!=', [string('/a')]],
    ['scope.x=y', 'instrumentation', 'x', '=', [string('y')]],
    ['resource.a.b~p.*', 'resource', 'a.b', '=~', [string('p.*')]],
    ['k=~5', 'any', 'k', '=~', [string('5')]],
    ['k=', 'any', 'k', '=', [string('')]],
    ['k=a=b', 'any', 'k', '=', [string('a=b')]],
    ['k="500"', 'any', 'k', '=', [string('500')]],
    ['k=500', 'any', 'k', '=', [string('500'), { type: 'int', value: 500n }]],
    ['k!=-5', 'any', 'k', '!=', [string('-5'), { type: 'int', value: -5n }]],
    ['k>=500', 'any', 'k', '>=', [{ type: 'int', value: 500n }]],
    ['k<1.5e3', 'any', 'k', '<', [{ type: 'float', value: 1500 }]],
    ['k>b', 'any', 'k', '>', [string('b')]],
    ['k=true', 'any', 'k', '=', [string('true'), { type: 'boolean', value: true }]],
    [
      'k=9223372036854775808',
      'any',
      'k',
      '=',
      [string('9223372036854775808'), { type: 'float', value: 2 ** 63 }],
    ],
    ['k=1e999', 'any', 'k', '=', [string('1e999')]],
  ] as const)('%s', (text, scope, key, operator, oneOf) => {
    expect(parseAttributeCondition(text)).toEqual({ scope, key, operator, oneOf });
  });

  test.each(['', 'key', '=value', ' = x', '.=x', '!x'])('%j cannot be read', (text) => {
    expect(() => parseAttributeCondition(text)).toThrow(
      expect.objectContaining({ code: 'bad-attribute' }),
    );
  });
});
