import type { SeenAttribute } from '@clew/query';
import { expect, test } from 'vitest';
import { searchOf } from './ask.ts';
import { completedKeys, linksShape, namesShape } from './shape.ts';

test('names are in lower case, each once, in order', () => {
  expect(namesShape(['b', 'A', 'a', ''])).toEqual(['a', 'b']);
});

test('calls between services that differ in case only are added up', () => {
  const link = { parent: 'A', child: 'b', calls: 2, errors: 1 };
  const links = [link, { ...link, parent: 'a', errors: 0 }, { ...link, child: 'a' }];
  expect(linksShape(links)).toEqual([{ parent: 'a', child: 'b', callCount: 4, errorCount: 1 }]);
});

test('keys to complete have few values and belong to spans or resources', () => {
  const seen = (key: string, rest: Partial<SeenAttribute> = {}): SeenAttribute => ({
    scope: 'span',
    key,
    type: 'string',
    uses: 1,
    samples: ['v'],
    ...rest,
  });
  const many = Array.from({ length: 20 }, String);
  const keys = [
    seen('zone'),
    seen('zone', { scope: 'resource' }),
    seen('id', { samples: many }),
    seen('list', { type: 'other', samples: [] }),
    seen('event.key', { scope: 'event' }),
    seen('service.name', { scope: 'resource' }),
  ];
  expect(completedKeys(keys)).toEqual(['zone']);
});

test.each([
  [
    'a=1 and b',
    [
      ['a', '1'],
      ['b', ''],
    ],
  ],
  [' a = 1 and a=2 and a', [['a', '2']]],
  ['a and a=1', [['a', '1']]],
  [
    'x=y=z and  and say hello',
    [
      ['x', 'y=z'],
      ['say hello', ''],
    ],
  ],
  ['', []],
])('annotationQuery %s', (annotationQuery, terms) => {
  expect([...searchOf({ annotationQuery }, 1000).annotations]).toEqual(terms);
});
