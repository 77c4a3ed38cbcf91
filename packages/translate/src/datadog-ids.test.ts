import { bytesToHex } from '@clew/wire';
import { describe, expect, it } from 'vitest';
import { only, pack, span, spansOf, tracer, translate } from '../test/datadog-spans.ts';
import { createDatadogTranslator } from './datadog.ts';

describe('ids', () => {
  const tid = '6b010b8b00000000';
  const low = 'fedcba9876543210';
  const traceIds = (bytes: Uint8Array) => spansOf(bytes).map(({ traceId }) => bytesToHex(traceId));

  it('the upper half of one span counts for the whole chunk', () => {
    const chunk = [span(), span({ span_id: 3n, meta: { '_dd.p.tid': tid } })];
    expect(traceIds(translate([chunk]))).toEqual([tid + low, tid + low]);
  });

  it('and for later chunks of the trace that come without, but not for other traces', () => {
    const translator = createDatadogTranslator();
    const send = (...spans: object[]) =>
      traceIds(translator.translate(pack([spans]), { version: '0.4', tracer }));
    expect(send(span())).toEqual(['0'.repeat(16) + low]);
    send(span({ meta: { '_dd.p.tid': tid } }));
    expect(send(span({ span_id: 4n }))).toEqual([tid + low]);
    expect(send(span({ trace_id: 9n }))).toEqual([`${'0'.repeat(31)}9`]);
  });

  it('and for chunks before and behind it in the same request, however many traces there are', () => {
    const translator = createDatadogTranslator(1);
    const chunks = [
      [span(), span({ trace_id: 9n, span_id: 3n })],
      [span({ span_id: 4n, meta: { '_dd.p.tid': tid } })],
      [span({ trace_id: 10n, span_id: 5n, meta: { '_dd.p.tid': tid } })],
      [span({ span_id: 6n })],
    ];
    const [first, other, ...rest] = traceIds(
      translator.translate(pack(chunks), { version: '0.4', tracer }),
    );
    expect([first, ...rest]).toEqual([
      tid + low,
      tid + low,
      `${tid}${'a'.padStart(16, '0')}`,
      tid + low,
    ]);
    expect(other).toBe(`${'0'.repeat(31)}9`);
  });

  it('a trace that goes on is not forgotten for younger ones, nor for an upper half of zeros', () => {
    const translator = createDatadogTranslator(2);
    const send = (id: bigint, meta: object) =>
      traceIds(
        translator.translate(pack([[span({ trace_id: id, meta })]]), { version: '0.4', tracer }),
      )[0];
    for (const id of [1n, 2n]) send(id, { '_dd.p.tid': tid });
    const whole = `${tid}${'1'.padStart(16, '0')}`;
    expect(send(1n, {})).toBe(whole);
    send(3n, { '_dd.p.tid': tid });
    expect(send(1n, { '_dd.p.tid': '0'.repeat(16) })).toBe(whole);
    expect(send(2n, {})).toBe(`${'0'.repeat(31)}2`);
  });

  it('remembers no more traces than it may', () => {
    const translator = createDatadogTranslator(2);
    const send = (id: bigint, meta: object) =>
      traceIds(
        translator.translate(pack([[span({ trace_id: id, meta })]]), { version: '0.4', tracer }),
      )[0];
    for (const id of [1n, 2n, 3n]) send(id, { '_dd.p.tid': tid });
    expect(send(1n, {})).toBe(`${'0'.repeat(31)}1`);
    expect(send(3n, {})).toBe(`${tid}${'0'.repeat(15)}3`);
  });

  it.each(['', 'xyz', '6b010b8b0000000', `${tid}0`])('%j is no upper half', (text) => {
    expect(traceIds(translate([[span({ meta: { '_dd.p.tid': text } })]]))[0]).toMatch(/^0{16}/);
  });

  it('reads ids of every width, and negative ones as their bits', () => {
    expect(bytesToHex(only({ span_id: 255 }).spanId)).toBe('00000000000000ff');
    expect(bytesToHex(only({ span_id: -2n }).spanId)).toBe('fffffffffffffffe');
    expect(only({ parent_id: 7 }).parentSpanId).toEqual(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 7));
    expect(only().parentSpanId).toHaveLength(0);
  });
});
