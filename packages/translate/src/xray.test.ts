import { bytesToHex, type KeyValue, walkLimits, walkTraces } from '@clew/wire';
import { decodeTraces } from '@clew/wire/decode';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capture, capturesOf } from '../test/captures.ts';
import { createRandom, mutate } from '../test/mutations.ts';
import { otlpJson } from './to-otlp-json.ts';
import { TranslateError } from './translate-error.ts';
import { createXrayTranslator } from './xray.ts';

const NOW_MS = 1_770_000_000_000;
const START = 1_770_000_000;
const TRACE = '1-69801f80-e7d1852db8c4fd35d88bf49a';
const TRACE_HEX = '69801f80e7d1852db8c4fd35d88bf49a';

const datagram = (document: unknown, header = '{"format":"json","version":1}') =>
  new TextEncoder().encode(`${header}\n${JSON.stringify(document)}`);
const segment = (more: Record<string, unknown> = {}) => ({
  name: 'shop',
  id: '70de5b6f19ff9a0a',
  trace_id: TRACE,
  start_time: START,
  end_time: START + 0.5,
  ...more,
});
const subsegment = (more: Record<string, unknown> = {}) =>
  segment({
    name: 'db',
    id: '70de5b6f19ff9a0b',
    type: 'subsegment',
    parent_id: '70de5b6f19ff9a0a',
    ...more,
  });

const spansOf = (bytes: Uint8Array | undefined) =>
  decodeTraces(bytes ?? new Uint8Array()).resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({ ...span, resource: plain(resource.attributes) })),
    ),
  );
const plain = (attributes: readonly KeyValue[]) =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [key, 'value' in value ? value.value : undefined]),
  );
const only = (more?: Record<string, unknown>) =>
  spansOf(createXrayTranslator().translate(datagram(segment(more)), NOW_MS))[0]!;

describe('captures of aws-xray-sdk-core', () => {
  it('a segment and the subsegment that was streamed before it', async () => {
    const translator = createXrayTranslator();
    const early = translator.translate(capture('xray/sdk-node-subsegment.bin'), NOW_MS);
    expect(spansOf(early)).toEqual([]);
    const otlp = translator.translate(capture('xray/sdk-node-segment.bin'), NOW_MS);
    expect(walkTraces(otlp, walkLimits, 1_795_232_650_000)).toMatchObject({
      verdict: 'clean',
      spans: 5,
    });
    const text = `${JSON.stringify(JSON.parse(otlpJson(otlp)), null, 2)}\n`;
    await expect(text).toMatchFileSnapshot('../fixtures/xray/sdk-node.otlp.json');
  });
});

describe('a document', () => {
  it('has its ids, times and tree', () => {
    const inner = {
      name: 'x',
      id: '70de5b6f19ff9a0c',
      start_time: START + 0.125,
      end_time: START + 0.25,
    };
    const local = { ...inner, name: 'l', id: '70de5b6f19ff9a0d', subsegments: [inner] };
    const read = spansOf(
      createXrayTranslator().translate(datagram(segment({ subsegments: [local] })), NOW_MS),
    );
    expect(read.map(({ name, parentSpanId }) => [name, bytesToHex(parentSpanId)])).toEqual([
      ['shop', ''],
      ['l', '70de5b6f19ff9a0a'],
      ['x', '70de5b6f19ff9a0d'],
    ]);
    for (const { traceId } of read) expect(bytesToHex(traceId)).toBe(TRACE_HEX);
    expect(read[2]!.startTimeUnixNano).toBe(BigInt(START) * 1_000_000_000n + 125_000_000n);
  });

  it('keeps microseconds', () => {
    expect(only({ start_time: 1480615200.010001 }).startTimeUnixNano).toBe(
      1_480_615_200_010_001_000n,
    );
  });

  it.each([
    [{}, 2],
    [{ type: 'subsegment', namespace: 'aws' }, 3],
    [{ type: 'subsegment', namespace: 'remote' }, 3],
    [{ type: 'subsegment' }, 1],
  ])('%j is of kind %i', (more, kind) => {
    const translator = createXrayTranslator();
    translator.translate(datagram(segment({ id: '1111111111111111' })), NOW_MS);
    expect(spansOf(translator.translate(datagram(segment(more)), NOW_MS))[0]!.kind).toBe(kind);
  });

  it.each([
    [{ fault: true }, 2],
    [{ error: true }, 2],
    [{ throttle: true }, 2],
    [{ http: { response: { status: 404 } } }, 2],
    [{ http: { response: { status: 302 } } }, 0],
    [{ fault: false }, 0],
    [{ cause: '70de5b6f19ff9a0c' }, 2],
    [{ cause: { exceptions: [] } }, 0],
  ])('%j has status %i', (more, code) => {
    expect(only(more).status.code).toBe(code);
  });

  it('tells exceptions with their frames', () => {
    const { status, events, attributes } = only({
      fault: true,
      cause: {
        working_directory: '/srv',
        exceptions: [
          {
            id: 'a1',
            type: 'E',
            message: 'no',
            remote: true,
            stack: [
              { path: 'a.js', line: 3, label: 'f' },
              { path: 'node', label: 'g' },
            ],
          },
        ],
      },
    });
    expect(status.message).toBe('no');
    expect(plain(events[0]!.attributes)).toEqual({
      'exception.type': 'E',
      'exception.message': 'no',
      'exception.stacktrace': 'E: no\n\tat f(a.js: 3)\n\tat g(node)',
      'aws.xray.exception.id': 'a1',
      'aws.xray.exception.remote': true,
    });
    expect(plain(attributes)).toMatchObject({ 'aws.xray.cause.working_directory': '/srv' });
  });

  it('says where it ran', () => {
    const { resource } = only({
      origin: 'AWS::EC2::Instance',
      service: { version: '7' },
      aws: {
        account_id: '123',
        ec2: { instance_id: 'i-1', availability_zone: 'eu-1a' },
        eks: { pod: 'p' },
        xray: { sdk: 'X-Ray for Go', sdk_version: '1.8' },
      },
    });
    expect(resource).toEqual({
      'service.name': 'shop',
      'service.version': '7',
      'host.id': 'i-1',
      'cloud.availability_zone': 'eu-1a',
      'k8s.pod.name': 'p',
      'aws.xray.origin': 'AWS::EC2::Instance',
      'cloud.provider': 'aws',
      'cloud.account.id': '123',
      'telemetry.sdk.name': 'X-Ray for Go',
      'telemetry.sdk.language': 'go',
      'telemetry.sdk.version': '1.8',
    });
  });

  it('keeps what has no name of its own', () => {
    expect(
      plain(only({ precursor_ids: ['a'], extra: { deep: [1] }, aws: { odd: 1 } }).attributes),
    ).toMatchObject({
      'aws.xray.extra': '{"deep":[1]}',
      'aws.odd': 1n,
    });
  });

  it('links by X-Ray ids', () => {
    const [link] = only({
      links: [{ trace_id: TRACE, id: '70de5b6f19ff9a0f', attributes: { a: 1 } }],
    }).links;
    expect(bytesToHex(link!.traceId)).toBe(TRACE_HEX);
    expect(plain(link!.attributes)).toEqual({ a: 1n });
  });
});

describe('what waits', () => {
  const limits = {
    documentsMax: 3,
    bytesMax: 4096,
    inProgressMs: 1000,
    orphanMs: 500,
    originsMax: 10,
    completeMax: 2,
  };
  const start = { end_time: undefined, in_progress: true };
  const send = (translator: ReturnType<typeof createXrayTranslator>, document: object, at = 0) =>
    spansOf(translator.translate(datagram(document), NOW_MS + at));

  it('a document in progress is not stored but by its completion', () => {
    const translator = createXrayTranslator(limits);
    expect(send(translator, segment(start))).toEqual([]);
    expect(send(translator, segment())).toHaveLength(1);
    expect(translator.release(Number.POSITIVE_INFINITY)).toBeUndefined();
  });

  it('nor when its completion has overtaken it', () => {
    const translator = createXrayTranslator(limits);
    expect(send(translator, segment())).toHaveLength(1);
    expect(send(translator, segment(start))).toEqual([]);
    expect(translator.release(Number.POSITIVE_INFINITY)).toBeUndefined();
  });

  it('nor does it replace a completion that waits for its segment', () => {
    const translator = createXrayTranslator(limits);
    send(translator, subsegment());
    send(translator, subsegment(start));
    const [, waited] = send(translator, segment());
    expect(plain(waited!.attributes)).not.toHaveProperty(['aws.xray.inprogress']);
  });

  it('remembers no more completions than it may', () => {
    const translator = createXrayTranslator(limits);
    for (const letter of ['a', 'b', 'c']) send(translator, segment({ id: letter.repeat(16) }));
    send(translator, segment({ ...start, id: 'a'.repeat(16) }));
    expect(spansOf(translator.release(Number.POSITIVE_INFINITY))).toHaveLength(1);
  });

  it('a completion within the hour replaces it, one behind it is a second span', () => {
    const minutes = 60_000;
    const translator = createXrayTranslator();
    send(translator, segment(start));
    expect(translator.release(NOW_MS + 59 * minutes)).toBeUndefined();
    expect(send(translator, segment(), 59 * minutes)).toHaveLength(1);
    send(translator, subsegment(start), 59 * minutes);
    const [unfinished] = spansOf(translator.release(NOW_MS + 119 * minutes));
    const [late] = send(translator, subsegment(), 120 * minutes);
    expect(late!.spanId).toEqual(unfinished!.spanId);
    expect(plain(unfinished!.attributes)).toHaveProperty(['aws.xray.inprogress']);
    expect(plain(late!.attributes)).not.toHaveProperty(['aws.xray.inprogress']);
  });

  it('or when it has waited too long, marked', () => {
    const translator = createXrayTranslator(limits);
    send(translator, segment(start));
    expect(translator.release(NOW_MS + 999)).toBeUndefined();
    const [span] = spansOf(translator.release(NOW_MS + 1000));
    expect(plain(span!.attributes)).toMatchObject({ 'aws.xray.inprogress': true });
    expect(span!.endTimeUnixNano).toBe(span!.startTimeUnixNano);
  });

  it('a subsegment waits for its segment and gets its resource', () => {
    const translator = createXrayTranslator(limits);
    expect(send(translator, subsegment())).toEqual([]);
    const stored = send(translator, segment({ service: { version: '7' } }));
    expect(stored.map(({ name }) => name)).toEqual(['shop', 'db']);
    expect(stored[1]!.resource).toEqual(stored[0]!.resource);
    expect(send(translator, subsegment({ id: '1212121212121212' }))[0]!.resource).toEqual(
      stored[0]!.resource,
    );
  });

  it('a segment in progress is known as a service already', () => {
    const translator = createXrayTranslator(limits);
    send(translator, segment(start));
    expect(send(translator, subsegment())[0]!.resource['service.name']).toBe('shop');
  });

  it('without a segment it is stored as of an unknown service', () => {
    const translator = createXrayTranslator(limits);
    send(translator, subsegment());
    const [span] = spansOf(translator.release(NOW_MS + 500));
    expect(span!.resource).toEqual({ 'service.name': 'unknown_service:xray' });
  });

  it('can be handed to another translator, and is told once', () => {
    const first = createXrayTranslator(limits);
    send(first, segment(start));
    send(first, subsegment({ trace_id: TRACE.replace('69', 'a9') }));
    const held = first.held();
    expect(held).toEqual([
      datagram(segment(start)),
      datagram(subsegment({ trace_id: TRACE.replace('69', 'a9') })),
    ]);
    expect(first.held()).toBeUndefined();
    const second = createXrayTranslator(limits);
    for (const each of held ?? []) second.translate(each, NOW_MS);
    expect(send(second, segment())).toHaveLength(1);
    expect(second.held()).toHaveLength(1);
  });

  it('the oldest leave when there is no room', () => {
    const translator = createXrayTranslator(limits);
    const stored = ['a', 'b', 'c', 'd', 'e'].flatMap((letter) =>
      send(
        translator,
        subsegment({ id: letter.repeat(16), trace_id: TRACE.replace('69', `${letter}9`) }),
      ),
    );
    expect(stored.map(({ spanId }) => bytesToHex(spanId)[0])).toEqual(['a', 'b']);
    expect(spansOf(translator.release(Number.POSITIVE_INFINITY))).toHaveLength(3);
  });
});

describe('datagrams that are none', () => {
  it.each([
    ['no header', new TextEncoder().encode(JSON.stringify(segment())), /no header line/],
    ['another format', datagram(segment(), '{"format":"xml","version":1}'), /found format "xml"/],
    ['another version', datagram(segment(), '{"format":"json","version":2}'), /version 2/],
    ['no document', new TextEncoder().encode('{"format":"json","version":1}\n'), /malformed JSON/],
    ['a list', datagram([segment()]), /document: found an array/],
    ['no name', datagram(segment({ name: 5 })), /name: found 5/],
    ['a short id', datagram(segment({ id: 'abc' })), /id: found "abc", wanted 16 hex digits/],
    ['no start', datagram(segment({ start_time: undefined })), /start_time/],
    ['another trace id', datagram(segment({ trace_id: TRACE_HEX })), /trace_id/],
  ])('%s', (_name, bytes, message) => {
    expect(() => createXrayTranslator().translate(bytes, NOW_MS)).toThrow(message);
  });

  it('nesting is bounded', () => {
    const deep = `${'{"subsegments":['.repeat(4000)}${']}'.repeat(4000)}`;
    const bytes = new TextEncoder().encode(`{"format":"json","version":1}\n${deep}`);
    expect(() => createXrayTranslator().translate(bytes, NOW_MS)).toThrow(/nested deeper/);
  });
});

describe('properties and damage', () => {
  it('any JSON in any block is translated or refused', () => {
    const document = fc.record(
      {
        ...Object.fromEntries(
          [
            'http',
            'sql',
            'aws',
            'cause',
            'annotations',
            'metadata',
            'service',
            'links',
            'user',
            'subsegments',
            'origin',
          ].map((key) => [key, fc.jsonValue({ maxDepth: 3 })]),
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(document, (more) => {
        const otlp = createXrayTranslator().translate(datagram(segment(more)), NOW_MS);
        expect(walkTraces(otlp, walkLimits, NOW_MS).verdict).not.toBe('refuse');
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  it('100,000 wounded captures are translated or refused', () => {
    const captures = capturesOf('xray');
    const random = createRandom(11);
    const translator = createXrayTranslator();
    let accepted = 0;
    for (let n = 0; n < 100_000; n += 1) {
      const bytes = mutate(captures[n % captures.length]!, random);
      try {
        const otlp = translator.translate(bytes, NOW_MS);
        if (walkTraces(otlp, walkLimits, NOW_MS).verdict === 'refuse') throw new Error('refused');
        accepted += 1;
      } catch (error) {
        if (!(error instanceof TranslateError)) throw error;
      }
    }
    expect(accepted).toBeGreaterThan(1_000);
  });
});
