import { describe, expect, it } from 'vitest';
import { groupAttributes, plainValue, valueText } from './attribute-groups.ts';
import type { Attribute } from './load-trace.ts';

const attributes: Attribute[] = [
  { key: 'zebra', type: 'string', value: 'stripes' },
  { key: 'http.route', type: 'string', value: '/cart' },
  { key: 'db.system', type: 'string', value: 'postgresql' },
  { key: 'http.request.method', type: 'string', value: 'GET' },
  { key: 'httpish', type: 'bool', value: false },
];

describe('groupAttributes', () => {
  it('groups by the first part of the key and sorts inside', () => {
    const groups = groupAttributes(attributes).map(({ title, attributes: own }) => [
      title,
      own.map(({ key }) => key),
    ]);
    expect(groups).toEqual([
      ['HTTP', ['http.request.method', 'http.route']],
      ['DB', ['db.system']],
      ['Other', ['httpish', 'zebra']],
    ]);
  });

  it('filters by key and by value, case aside', () => {
    const keys = (filter: string) =>
      groupAttributes(attributes, filter).flatMap((group) =>
        group.attributes.map(({ key }) => key),
      );
    expect(keys('POSTGRES')).toEqual(['db.system']);
    expect(keys(' route')).toEqual(['http.route']);
    expect(keys('nothing')).toEqual([]);
  });
});

describe('values', () => {
  it('keep every digit of whole numbers and read like JSON when nested', () => {
    const nested: Attribute = {
      key: 'deep',
      type: 'kvlist',
      value: [
        { key: 'id', type: 'int', value: '9223372036854775807' },
        {
          key: 'few',
          type: 'array',
          value: [
            { type: 'int', value: '7' },
            { type: 'empty', value: null },
          ],
        },
      ],
    };
    expect(plainValue(nested)).toEqual({ id: '9223372036854775807', few: [7, null] });
    expect(valueText(nested)).toBe('{"id":"9223372036854775807","few":[7,null]}');
  });

  it('tell zero, false and empty apart', () => {
    expect(valueText({ type: 'int', value: '0' })).toBe('0');
    expect(valueText({ type: 'bool', value: false })).toBe('false');
    expect(valueText({ type: 'double', value: 'NaN' })).toBe('NaN');
    expect(valueText({ type: 'empty', value: null })).toBe('');
  });
});
