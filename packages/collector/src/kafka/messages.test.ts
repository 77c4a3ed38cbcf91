import { encodeTraces } from '@clew/wire';
import { decodeTraces } from '@clew/wire/decode';
import { describe, expect, test } from 'vitest';
import { request } from '../../test/traffic.ts';
import { splitRequest } from '../forward/split-request.ts';
import { limits } from '../limits.ts';
import { bareRequest } from '../receivers/intake.ts';
import { encodings, protocolOf } from './encodings.ts';
import { type KafkaSentEncoding, kafkaMessages } from './messages.ts';

const sent = Object.keys(kafkaMessages) as KafkaSentEncoding[];

const messagesOf = (encoding: KafkaSentEncoding, bodies: readonly Uint8Array[]) => [
  ...kafkaMessages[encoding](bodies),
];

/** What a receiver of the same encoding makes of the messages: spans with their resource and scope. */
function receivedOf(encoding: KafkaSentEncoding, bodies: readonly Uint8Array[]) {
  const { translate } = protocolOf(encoding);
  return messagesOf(encoding, bodies).flatMap(({ value }) =>
    spansOf(translate(value, bareRequest(0)).otlp),
  );
}

function spansOf(otlp: Uint8Array) {
  return decodeTraces(otlp).resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) =>
      spans.map((span) => ({
        id: Buffer.from(span.spanId).toString('hex'),
        trace: Buffer.from(span.traceId).toString('hex'),
        name: span.name,
        kind: span.kind,
        start: span.startTimeUnixNano,
        end: span.endTimeUnixNano,
        attributes: new Map(span.attributes.map(({ key, value }) => [key, value])),
        scope: scope.name,
        resource: new Map(resource.attributes.map(({ key, value }) => [key, value])),
      })),
    ),
  );
}

const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);

describe.each(sent)('%s', (encoding) => {
  test('can be received again, every span as it was', () => {
    const bodies = [request({ spans: 4 }), request({ spans: 1 }), request({ spans: 7 })];
    const expected = bodies.flatMap(spansOf);
    expect(receivedOf(encoding, bodies).sort(byId)).toEqual(expected.sort(byId));
  });

  test('splits what a message cannot hold, also within one resource', () => {
    const body = request({ spans: 6000 });
    expect(body.length).toBeGreaterThan(2 * limits.kafkaMessageBytes);
    const messages = messagesOf(encoding, [body, request({ spans: 3 })]);
    for (const { value } of messages) expect(value.length).toBeLessThan(limits.kafkaMessageBytes);
    const spans = receivedOf(encoding, [body]);
    expect(new Set(spans.map(({ id }) => id)).size).toBe(6000);
  });

  test('of nothing is no message', () => {
    expect(messagesOf(encoding, [])).toEqual([]);
  });
});

test('what is sent can be received under the same name', () => {
  expect(Object.keys(encodings)).toEqual(expect.arrayContaining(sent));
});

test('every span of Jaeger has its trace id for a key, as Jaeger writes it', () => {
  const bodies = [
    request({ spans: 2 }),
    request({
      spans: 1,
      change: (span) => ({ ...span, traceId: Buffer.from(`${'00'.repeat(15)}0a`, 'hex') }),
    }),
  ];
  const [{ trace } = { trace: '' }] = spansOf(bodies[0]!);
  for (const encoding of ['jaeger_proto', 'jaeger_json'] as const) {
    const keys = messagesOf(encoding, bodies).map(({ key }) => String(key));
    expect(keys).toEqual([trace, trace, '000000000000000a']);
  }
});

describe('a split request', () => {
  const { resourceSpans } = decodeTraces(request({ spans: 40 }));
  const [first] = resourceSpans;
  const body = encodeTraces({
    resourceSpans: [
      { ...first!, schemaUrl: 'https://a/1' },
      { ...first!, scopeSpans: [...first!.scopeSpans, ...first!.scopeSpans] },
    ],
  });

  test.each([100, 1000, 5000, 20_000, 1_000_000])('in parts of %i bytes means the same', (max) => {
    const parts = [...splitRequest(body, max)];
    const spans = parts.flatMap(spansOf);
    expect(spans).toEqual(spansOf(body));
    const urls = parts.flatMap((part) =>
      decodeTraces(part).resourceSpans.map(({ schemaUrl }) => schemaUrl),
    );
    expect(new Set(urls)).toEqual(new Set(['https://a/1', '']));
    for (const part of parts) {
      if (spansOf(part).length > 1) expect(part.length).toBeLessThanOrEqual(max);
    }
  });
});
