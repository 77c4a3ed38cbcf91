import { SpanStatusCode } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { kept, plain } from '../test/kept.ts';
import type { ReadableSpan, SpanProcessor } from './readable-span.ts';
import type { RecordingSpan } from './recording-span.ts';
import type { ProviderOptions } from './tracer-provider.ts';

async function sent(use: (span: RecordingSpan) => void, options: ProviderOptions = {}) {
  const { tracer, spans } = kept(options);
  const span = tracer.startSpan('x') as RecordingSpan;
  use(span);
  span.end();
  return (await spans())[0]!;
}

function seeing(see: Partial<SpanProcessor>): SpanProcessor {
  const none = { onStart() {}, onEnd() {}, forceFlush: async () => {}, shutdown: async () => {} };
  return { ...none, ...see };
}

describe('a recording span', () => {
  it('C1 overwrites a key and ignores an empty one', async () => {
    const span = await sent((s) => s.setAttribute('a', 1).setAttribute('a', 2).setAttribute('', 3));
    expect(plain(span.attributes)).toEqual({ a: 2n });
  });

  it('C2 C3 C6 keeps every kind of value', async () => {
    const bytes = Uint8Array.of(1, 2);
    const span = await sent((s) =>
      s
        .setAttribute('text', '')
        .setAttribute('zero', 0)
        .setAttribute('negative', -5)
        .setAttribute('large', 2 ** 53 - 1)
        .setAttribute('double', 0.5)
        .setAttribute('huge', 1e300)
        .setAttribute('no', false)
        .setAttribute('nothing', null)
        .setAttribute('missing', undefined)
        .setAttribute('function', () => 1)
        .setAttribute('bytes', bytes)
        .setAttribute('list', ['a', null, 1])
        .setAttribute('empty', [])
        .setAttribute('map', { deep: { er: true } })
        .setAttribute('big', 2n ** 62n),
    );
    expect(plain(span.attributes)).toEqual({
      text: '',
      zero: 0n,
      negative: -5n,
      large: 2n ** 53n - 1n,
      double: 0.5,
      huge: 1e300,
      no: false,
      nothing: null,
      bytes,
      list: [{ type: 'string', value: 'a' }, { type: 'empty' }, { type: 'int', value: 1n }],
      empty: [],
      map: [
        {
          key: 'deep',
          value: { type: 'kvlist', value: [{ key: 'er', value: { type: 'bool', value: true } }] },
        },
      ],
      big: 2n ** 62n,
    });
  });

  it('C5 keeps Unicode of every length and replaces lone surrogates', async () => {
    const texts = ['é', '😀'.repeat(30), 'x'.repeat(200), 'y'.repeat(40_000), '\ud800'];
    const span = await sent((s) => {
      for (const [at, text] of texts.entries()) s.setAttribute(`ключ${at}`, text);
    });
    expect(Object.values(plain(span.attributes))).toEqual([...texts.slice(0, 4), '\ufffd']);
  });

  it('copies what it is given', async () => {
    const list = ['a'];
    const span = await sent((s) => {
      s.setAttribute('list', list);
      list.push('b');
    });
    expect(plain(span.attributes)['list']).toHaveLength(1);
  });

  it('C7 keeps events in order, with their times', async () => {
    const span = await sent((s) => s.addEvent('one').addEvent('two', { a: 1 }, [2_000_000_000, 5]));
    expect(span.events.map(({ name }) => name)).toEqual(['one', 'two']);
    expect(span.events[1]!.timeUnixNano).toBe(2_000_000_000_000_000_005n);
    expect(span.events[0]!.timeUnixNano).toBeGreaterThanOrEqual(span.startTimeUnixNano);
  });

  it('C8 records links, also of no valid context', async () => {
    const context = { traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: 0 };
    const span = await sent((s) => s.addLinks([{ context, attributes: { a: 1 } }, { context }]));
    expect(span.links).toHaveLength(2);
  });

  it('C9 ranks Ok over Error over Unset and keeps the message of errors only', async () => {
    const { ERROR, OK, UNSET } = SpanStatusCode;
    const status = async (...codes: SpanStatusCode[]) =>
      (
        await sent((s) => {
          for (const code of codes) s.setStatus({ code, message: `m${code}` });
        })
      ).status;
    expect(await status(ERROR, UNSET)).toEqual({ code: 2, message: 'm2' });
    expect(await status(ERROR, OK)).toEqual({ code: 1, message: '' });
    expect(await status(OK, ERROR)).toEqual({ code: 1, message: '' });
  });

  it('C10 takes another name', async () => {
    expect((await sent((s) => s.updateName('y'))).name).toBe('y');
  });

  it('C11 ignores everything after its end', async () => {
    const { tracer, spans } = kept();
    const span = tracer.startSpan('x');
    span.end();
    span.setAttribute('a', 1).addEvent('e').updateName('y').setStatus({ code: 2 });
    span.end();
    expect(span.isRecording()).toBe(false);
    const all = await spans();
    expect(all).toHaveLength(1);
    expect(all[0]).toMatchObject({ name: 'x', attributes: [], events: [], status: { code: 0 } });
  });

  it('C12 takes no time when it would end before its start', async () => {
    const { tracer, spans } = kept();
    tracer.startSpan('x', { startTime: [1_700_000_000, 5] }).end([1_600_000_000, 0]);
    const [span] = await spans();
    expect(span!.endTimeUnixNano).toBe(span!.startTimeUnixNano);
  });

  it('C13 records exceptions; what the caller gives wins', async () => {
    class Declined extends Error {
      override name = 'Declined';
    }
    const span = await sent((s) => {
      s.recordException(new Declined('no'), { 'exception.message': 'yes' });
      s.recordException('just text');
      s.recordException({ code: 42, message: 'm' });
    });
    const [first, second, third] = span.events.map(({ attributes }) => plain(attributes));
    expect(first).toMatchObject({ 'exception.type': 'Declined', 'exception.message': 'yes' });
    expect(first!['exception.stacktrace']).toContain('Declined');
    expect(second).toEqual({ 'exception.message': 'just text' });
    expect(third).toEqual({ 'exception.type': '42', 'exception.message': 'm' });
  });

  it('C14 C15 shows readers the span as the stock SDK does', () => {
    let started: unknown;
    let seen: ReadableSpan | undefined;
    const spanProcessors = [
      seeing({
        onStart: (span) => {
          started = span;
        },
        onEnd: (span) => {
          seen = span;
        },
      }),
    ];
    const { tracer } = kept({ spanProcessors });
    const span = tracer.startSpan('x', { attributes: { a: 1 }, startTime: [5, 900_000_000] });
    span.addEvent('e', { b: 2 }).end([7, 100_000_000]);
    expect(started).toBe(span);
    expect(seen).toMatchObject({
      name: 'x',
      kind: 0,
      attributes: { a: 1 },
      status: { code: 0 },
      startTime: [5, 900_000_000],
      endTime: [7, 100_000_000],
      duration: [1, 200_000_000],
      ended: true,
      links: [],
      instrumentationScope: { name: 'test', version: '1.0' },
      droppedAttributesCount: 0,
    });
    expect(seen!.events).toMatchObject([{ name: 'e', attributes: { b: 2 } }]);
    expect(seen!.resource.attributes).toEqual({ 'service.name': 'kept' });
  });

  it('G2 exports what processors changed before and in onEnd', async () => {
    const spanProcessors = [
      seeing({
        onEnding: (span) => span.setAttribute('ending', true),
        onEnd: (span) => {
          span.attributes['secret'] = '***';
        },
      }),
    ];
    const span = await sent((s) => s.setAttribute('secret', 'x'), { spanProcessors });
    expect(plain(span.attributes)).toEqual({ secret: '***', ending: true });
  });

  it('G1 survives processors that throw', async () => {
    const fail = () => {
      throw new Error('broken');
    };
    const spanProcessors = [seeing({ onStart: fail, onEnding: fail, onEnd: fail })];
    expect((await sent(() => {}, { spanProcessors })).name).toBe('x');
  });

  it('D1 drops new keys over the limit, not new values, and counts', async () => {
    const use = (s: RecordingSpan) => {
      for (let at = 0; at < 40; at += 1) s.setAttribute(`k${at}`, at);
      s.setAttribute('k0', 'again');
    };
    const span = await sent(use, { spanLimits: { attributeCountLimit: 30 } });
    expect(span.attributes).toHaveLength(30);
    expect(span.droppedAttributesCount).toBe(10);
    expect(plain(span.attributes)['k0']).toBe('again');
  });

  it('D2 D3 cuts long values at every depth and what is nested too deep', async () => {
    const spanLimits = { attributeValueLengthLimit: 2, attributeValueDepthLimit: 2 };
    const span = await sent(
      (s) => s.setAttribute('a', ['long', Uint8Array.of(1, 2, 3), [['deep']]]),
      { spanLimits },
    );
    expect(plain(span.attributes)['a']).toEqual([
      { type: 'string', value: 'lo' },
      { type: 'bytes', value: Uint8Array.of(1, 2) },
      { type: 'array', value: [{ type: 'empty' }] },
    ]);
  });

  it('D4 D5 bounds events, links and their attributes', async () => {
    const context = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 };
    const two = { a: 1, b: 2 };
    const span = await sent(
      (s) => {
        for (const name of ['1', '2', '3'])
          s.addEvent(name, two).addLink({ context, attributes: two });
      },
      {
        spanLimits: {
          eventCountLimit: 1,
          linkCountLimit: 2,
          attributePerEventCountLimit: 1,
          attributePerLinkCountLimit: 1,
        },
      },
    );
    expect(span).toMatchObject({ droppedEventsCount: 2, droppedLinksCount: 1 });
    expect(span.events[0]).toMatchObject({ droppedAttributesCount: 1 });
    expect(span.links[0]).toMatchObject({ droppedAttributesCount: 1 });
  });
});
