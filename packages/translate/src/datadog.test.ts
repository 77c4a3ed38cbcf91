import { bytesToHex, type Span, walkLimits, walkTraces } from '@clew/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capture } from '../test/captures.ts';
import { START, spansOf, tracer, translate } from '../test/datadog-spans.ts';
import { createDatadogTranslator } from './datadog.ts';
import { otlpJson } from './to-otlp-json.ts';

describe('captures of dd-trace', () => {
  it.each([
    ['dd-trace-v0.4', '0.4'],
    ['dd-trace-v0.4-span-events', '0.4'],
    ['dd-trace-v0.5', '0.5'],
  ] as const)('%s', async (name, version) => {
    const body = capture(`datadog/${name}.bin`);
    const otlp = createDatadogTranslator().translate(body, { version, tracer });
    expect(walkTraces(otlp, walkLimits, 1_795_232_650_000)).toMatchObject({
      verdict: 'clean',
      spans: 4,
    });
    const text = `${JSON.stringify(JSON.parse(otlpJson(otlp)), null, 2)}\n`;
    await expect(text).toMatchFileSnapshot(`../fixtures/datadog/${name}.otlp.json`);
  });
});

describe('properties', () => {
  const word = fc.string({ maxLength: 12 });
  const uint64 = fc.bigInt({ min: 1n, max: 2n ** 64n - 1n });
  const spans = fc.record({
    service: word,
    name: word,
    resource: word,
    type: fc.constantFrom('', 'web', 'sql', null),
    trace_id: uint64,
    span_id: uint64,
    parent_id: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    start: fc.bigInt({ min: START, max: START + 10n ** 12n }),
    duration: fc.nat(),
    error: fc.nat(1),
    meta: fc.dictionary(
      word.filter((key) => key !== '__proto__'),
      word,
      { maxKeys: 6 },
    ),
    metrics: fc.dictionary(
      word.filter((key) => key !== '__proto__'),
      fc.double({ noNaN: true }),
      {
        maxKeys: 4,
      },
    ),
  });

  it('every span of a body is there, with its ids, times and tags', () => {
    fc.assert(
      fc.property(fc.array(fc.array(spans, { maxLength: 4 }), { maxLength: 4 }), (traces) => {
        const read = spansOf(translate(traces));
        const sent = traces.flat();
        expect(read).toHaveLength(sent.length);
        const key = (id: bigint) => id.toString(16).padStart(16, '0');
        const bySpan = new Map<string, Span[]>();
        for (const one of read) {
          const id = bytesToHex(one.spanId);
          bySpan.set(id, [...(bySpan.get(id) ?? []), one]);
        }
        for (const one of sent) {
          const found = bySpan
            .get(key(one.span_id))
            ?.find((candidate) => bytesToHex(candidate.traceId).endsWith(key(one.trace_id)));
          expect(found?.startTimeUnixNano).toBe(one.start);
          expect(found?.endTimeUnixNano).toBe(one.start + BigInt(one.duration));
          expect(found?.status.code).toBe(one.error === 0 ? 0 : 2);
        }
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('0.5 means what 0.4 means', () => {
    fc.assert(
      fc.property(fc.array(spans, { maxLength: 3 }), (trace) => {
        expect(inOrder(translate(asTable(trace), '0.5'))).toEqual(inOrder(translate([trace])));
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  /** JavaScript's maps put numbers first, so the table's tags come in another order. */
  function inOrder(otlp: Uint8Array) {
    return spansOf(otlp).map((one) => ({
      ...one,
      attributes: [...one.attributes].sort((a, b) => (a.key < b.key ? -1 : 1)),
    }));
  }

  type Sent = ReturnType<typeof spans.generate>['value'];

  function asTable(trace: readonly Sent[]): unknown {
    const texts = [''];
    const at = (text: string | null) => {
      const found = texts.indexOf(text ?? '');
      return found < 0 ? texts.push(text ?? '') - 1 : found;
    };
    const rows = trace.map((one) => [
      at(one.service),
      at(one.name),
      at(one.resource),
      one.trace_id,
      one.span_id,
      one.parent_id,
      one.start,
      one.duration,
      one.error,
      new Map(Object.entries(one.meta).map(([key, value]) => [at(key), at(value)])),
      new Map(Object.entries(one.metrics).map(([key, value]) => [at(key), value])),
      at(one.type),
    ]);
    return [
      texts,
      [
        rows.map((row) =>
          row.map((cell) => (cell instanceof Map ? Object.fromEntries(cell) : cell)),
        ),
      ],
    ];
  }
});
