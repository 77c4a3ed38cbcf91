import { encodeTraces, marks } from '@clew/wire';
import { describe, expect, test } from 'vitest';
import { checkoutTraces } from '../../../testkit/src/cast.ts';
import { everythingRequest } from '../../../testkit/src/engine-contract-span.ts';
import { expectFixture } from '../../test/fixture.ts';
import { spansOf } from '../../test/spans.ts';
import { spanShape, traceJson } from './trace-json.ts';

const checkout = spansOf(encodeTraces(checkoutTraces(1_763_640_000_000_000_000n)));
const [everything] = spansOf(everythingRequest);
const plain = checkout[0]!;

const traceOf = (spans: typeof checkout, warnings: string[] = []) =>
  JSON.parse([...traceJson(spans, { traceId: spans[0]!.traceId, raw: false, warnings })].join(''));

test('the checkout as Jaeger has it', () => {
  const spans = checkout.filter(({ traceId }) => traceId === plain.traceId);
  expectFixture(traceOf(spans), './fixtures/checkout.json', import.meta.url);
});

test('a span with everything that OTLP can say', () => {
  expectFixture(traceOf([everything!]), './fixtures/everything.json', import.meta.url);
});

describe('a span', () => {
  test('of a 64-bit trace has 16 digits wherever its trace is named', () => {
    const traceId = `${'0'.repeat(16)}00f067aa0ba902b7`;
    const links = [{ ...everything!.links[0]!, traceId, attributes: [] }];
    const shaped = spanShape(
      { ...plain, traceId, parentSpanId: 'b7ad6b7169203331', links },
      'p1',
      false,
    );
    expect(shaped.traceID).toBe('00f067aa0ba902b7');
    expect(shaped.references.map(({ refType, traceID }) => [refType, traceID])).toEqual([
      ['CHILD_OF', '00f067aa0ba902b7'],
      ['FOLLOWS_FROM', '00f067aa0ba902b7'],
    ]);
  });

  test('may be a child of what it links to', () => {
    const attributes = [
      { key: 'opentracing.ref_type', type: 'string', value: 'child_of' } as const,
    ];
    const links = [{ ...everything!.links[0]!, attributes }];
    const { references } = spanShape({ ...plain, parentSpanId: '', links }, 'p1', false);
    expect(references[0]!.refType).toBe('CHILD_OF');
  });

  test('keeps what JSON cannot hold as text', () => {
    const { tags } = spanShape(
      {
        ...plain,
        attributes: [
          { key: 'safe', type: 'int', value: '9007199254740991' },
          { key: 'large', type: 'int', value: '9007199254740993' },
          { key: 'nan', type: 'double', value: Number.NaN },
        ],
      },
      'p1',
      false,
    );
    expect(tags.slice(0, 3)).toEqual([
      { key: 'safe', type: 'int64', value: 9007199254740991 },
      { key: 'large', type: 'int64', value: '9007199254740993' },
      { key: 'nan', type: 'float64', value: 'NaN' },
    ]);
  });

  test('has its logs in order and what Clew corrected as warnings, unless asked for as stored', () => {
    const event = { timeNs: '2000', name: 'late', attributes: [], droppedAttributes: 0 };
    const events = [event, { ...event, timeNs: '1000', name: 'early' }];
    const span = { ...plain, events, marks: marks.time_moved };
    const shaped = spanShape(span, 'p1', false);
    expect(shaped.logs.map(({ timestamp }) => timestamp)).toEqual([1, 2]);
    expect(shaped.warnings).toEqual(['Clew: time_moved']);
    const raw = spanShape(span, 'p1', true);
    expect(raw.logs.map(({ timestamp }) => timestamp)).toEqual([2, 1]);
    expect(raw.warnings).toBeNull();
  });
});

describe('processes', () => {
  const resource = { ...plain.resource, attributes: [] };

  test('are one for equal resources, and have a name without a service', () => {
    const spans = [
      plain,
      { ...plain, resource: { ...plain.resource } },
      { ...plain, service: '', resource },
    ];
    const trace = traceOf(spans);
    expect(trace.spans.map(({ processID }: { processID: string }) => processID)).toEqual([
      'p1',
      'p1',
      'p2',
    ]);
    expect(trace.processes.p2).toEqual({ serviceName: 'OTLPResourceNoServiceName', tags: [] });
  });

  test('are all named in a trace of many pieces, which says when it is cut', () => {
    const trace = traceOf(
      Array.from({ length: 1000 }, () => plain),
      ['cut'],
    );
    expect(trace.spans).toHaveLength(1000);
    expect(Object.keys(trace.processes)).toEqual(['p1']);
    expect(trace.warnings).toEqual(['cut']);
  });
});
