import type { TraceHit } from '@clew/query';
import { expect, test } from 'vitest';
import { checkTempoJson } from '../../test/tempo-schema.ts';
import { foundTrace, keyOf, tagValue } from './search-shape.ts';

test.each([
  ['resource.service.name', 'service.name'],
  ['span.http.status_code', 'http.status_code'],
  ['.a', 'a'],
  ['."a b"', 'a b'],
  [String.raw`span."say \"hi\" \\ now"`, String.raw`say "hi" \ now`],
  ['event.exception.type', 'exception.type'],
  ['instrumentation.a', 'a'],
  ['parent.span.a', 'a'],
  ['event:name', 'event:name'],
  ['span:parentID', 'span:parentID'],
  ['status', 'status'],
  ['nestedSetLeft', 'nestedSetLeft'],
  ['span.span.x', 'span.x'],
])('%s is shown as %s', (field, key) => {
  expect(keyOf(field)).toBe(key);
});

test.each([
  [{ type: 'int', value: '9223372036854775807' }, { intValue: '9223372036854775807' }],
  [{ type: 'float', value: Number.NaN }, { doubleValue: 'NaN' }],
  [{ type: 'float', value: 0.5 }, { doubleValue: 0.5 }],
  [{ type: 'boolean', value: false }, { boolValue: false }],
  [{ type: 'duration', value: '1500000000' }, { stringValue: '1.5s' }],
  [{ type: 'kind', value: 'server' }, { stringValue: 'server' }],
  [null, { stringValue: 'nil' }],
] as const)('%j is the value %j', (value, shown) => {
  expect(tagValue(value)).toEqual(shown);
});

test('zero values are left out, and so are services when there are none', () => {
  const hit: TraceHit = {
    traceId: '0000000000000000000000000000000a',
    rootService: '',
    rootName: '',
    startNs: '1',
    durationNs: 999_999,
    spans: 1,
    errors: 0,
    services: [],
    matched: 1,
    spansets: [
      {
        matched: 1,
        attributes: [],
        spans: [
          {
            traceId: '0000000000000000000000000000000a',
            spanId: '000000000000000b',
            parentSpanId: '',
            service: '',
            name: 'hidden',
            kind: 'unspecified',
            status: 'unset',
            statusMessage: '',
            startNs: '1',
            durationNs: 0,
            attributes: [],
          },
        ],
      },
    ],
  };
  const set = { matched: 1, spans: [{ spanID: '000000000000000b', startTimeUnixNano: '1' }] };
  const found = foundTrace(hit);
  expect(found).toEqual({ traceID: 'a', startTimeUnixNano: '1', spanSet: set, spanSets: [set] });
  checkTempoJson('TraceSearchMetadata', found);
});
