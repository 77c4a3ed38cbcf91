/** The native API's traces and spans by their ids, against the real engine and against their schemas. */
import type { AnyValue, KeyValue } from '@clew/wire';
import { bytesToHex, encodeTraces } from '@clew/wire';
import { decodeTraces } from '@clew/wire/decode';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { everythingRequest } from '../../testkit/src/engine-contract-span.ts';
import { requestBytes, someSpans } from '../../testkit/src/segment-file.ts';
import { servicesAnswer, spanAnswer, traceSummaryAnswer } from '../src/native/answers.ts';
import { baseNs, checkoutId, type NativeFace, nowMs, openNative } from './native-face.ts';
import { openStored } from './stored.ts';

let face: NativeFace;
beforeAll(async () => {
  face = await openNative();
});
afterAll(() => face.stored.close());

describe('a trace', () => {
  test.each([
    ['as printed', checkoutId],
    ['in upper case', checkoutId.toUpperCase()],
    ['with dashes', checkoutId.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')],
  ])('is found by its id %s', async (_, id) => {
    const summary = await face.ask(`/api/v1/traces/${id}/summary`, traceSummaryAnswer);
    expect(summary).toMatchObject({
      traceId: checkoutId,
      rootService: 'frontend',
      rootName: 'GET /checkout',
      startNs: String(baseNs),
      endNs: String(baseNs + 300_000_000n),
      spans: 6,
      errors: 1,
      depth: 3,
      missingParents: 0,
    });
    expect(summary.services.map(({ name }) => name)).toEqual(['frontend', 'cart', 'db', 'payment']);
  });

  test('as columns draws the same tree', async () => {
    const answer = await face.stored.get(`/api/v1/traces/${checkoutId}/columns`);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/vnd.clew.trace-columns',
      'clew-complete': 'true',
      'cache-control': 'no-store',
    });
    const message = answer.rawPayload;
    const buffersAt = 8 + message.readUInt32LE(4);
    const header = JSON.parse(message.toString('utf8', 8, buffersAt));
    expect(header).toMatchObject({ traceId: checkoutId, baseNs: String(baseNs), spans: 6 });
    const parent = [0, 1, 2, 3, 4, 5].map((row) =>
      message.readInt32LE(buffersAt + header.columns.parent.at + row * 4),
    );
    expect(parent).toEqual([-1, 0, 1, 0, 0, 0]);
  });

  test.each([
    [`/api/v1/traces/${'1'.repeat(32)}`, 404, 'trace-not-found'],
    [`/api/v1/traces/${'1'.repeat(32)}/summary`, 404, 'trace-not-found'],
    [`/api/v1/traces/${'1'.repeat(32)}/columns`, 404, 'trace-not-found'],
    [`/api/v1/traces/${checkoutId}/spans/${'1'.repeat(16)}`, 404, 'span-not-found'],
    ['/api/v1/traces/xyz', 400, 'bad-trace-id'],
    [`/api/v1/traces/${'0'.repeat(32)}`, 400, 'bad-trace-id'],
    [`/api/v1/traces/${'1'.repeat(33)}`, 400, 'bad-trace-id'],
    [`/api/v1/traces/${checkoutId}/spans/xyz`, 400, 'bad-span-id'],
  ])('%s → %i %s', async (url, status, code) => {
    const refused = await face.refusal(url);
    expect(refused).toMatchObject({ status, code });
    expect(refused.hint).toMatch(/\w/);
  });
});

/** An attribute list as OTLP/JSON has it, made from decoded protobuf; sorted, because maps have no order. */
function expectedAttributes(attributes: readonly KeyValue[]): unknown[] {
  const members = attributes.map(({ key, value }) => ({ key, value: expectedValue(value) }));
  return members.sort((a, b) => (a.key < b.key ? -1 : 1));
}

function expectedValue(value: AnyValue): unknown {
  switch (value.type) {
    case 'string':
      return { stringValue: value.value };
    case 'bool':
      return { boolValue: value.value };
    case 'int':
      return { intValue: String(value.value) };
    case 'double':
      return { doubleValue: value.value };
    case 'bytes':
      return { bytesValue: Buffer.from(value.value).toString('base64') };
    case 'array':
      return { arrayValue: { values: value.value.map(expectedValue) } };
    case 'kvlist':
      return {
        kvlistValue: {
          values: value.value.map((each) => ({ key: each.key, value: expectedValue(each.value) })),
        },
      };
    case 'empty':
      return {};
  }
}

describe('a span with everything OTLP can say', () => {
  // The request's own times are long past, and old traces leave the index.
  const [sent] = decodeTraces(everythingRequest).resourceSpans;
  const [scopeSent] = sent!.scopeSpans;
  const startTimeUnixNano = baseNs + 123_456_789n;
  const spanSent = {
    ...scopeSent!.spans[0]!,
    startTimeUnixNano,
    endTimeUnixNano: startTimeUnixNano + 1n,
  };
  const request = encodeTraces({
    resourceSpans: [{ ...sent!, scopeSpans: [{ ...scopeSent!, spans: [spanSent] }] }],
  });
  const traceId = bytesToHex(spanSent.traceId);
  const spanId = bytesToHex(spanSent.spanId);

  beforeAll(() => face.stored.accept(request));

  test('comes back as OTLP/JSON exactly as it was sent', async () => {
    const answer = await face.stored.get(`/api/v1/traces/${traceId}`);
    expect(answer.statusCode).toBe(200);
    const { resourceSpans } = answer.json();
    expect(resourceSpans).toHaveLength(1);
    const [resourceSpan] = resourceSpans;
    const { scopeSpans } = resourceSpan;
    const [span] = scopeSpans[0].spans;
    expect(resourceSpan).toMatchObject({
      resource: {
        attributes: expectedAttributes(sent!.resource.attributes),
        droppedAttributesCount: sent!.resource.droppedAttributesCount,
      },
      schemaUrl: sent!.schemaUrl,
    });
    expect(scopeSpans[0]).toMatchObject({
      scope: {
        name: 'lib',
        version: '1.2.3',
        attributes: expectedAttributes(scopeSent!.scope.attributes),
        droppedAttributesCount: scopeSent!.scope.droppedAttributesCount,
      },
      schemaUrl: scopeSent!.schemaUrl,
    });
    expect(span).toEqual({
      traceId,
      spanId,
      parentSpanId: '0000000000000003',
      traceState: 'a=1,b=2',
      flags: 0x301,
      name: 'everything',
      kind: 5,
      startTimeUnixNano: String(spanSent.startTimeUnixNano),
      endTimeUnixNano: String(spanSent.endTimeUnixNano),
      status: { code: 2, message: 'boom' },
      attributes: expectedAttributes(spanSent.attributes),
      droppedAttributesCount: 1,
      droppedEventsCount: 2,
      droppedLinksCount: 3,
      events: [
        {
          timeUnixNano: String(spanSent.events[0]!.timeUnixNano),
          name: 'e',
          attributes: expectedAttributes(spanSent.events[0]!.attributes),
          droppedAttributesCount: 4,
        },
        { timeUnixNano: '0' },
      ],
      links: [
        {
          traceId: bytesToHex(spanSent.links[0]!.traceId),
          spanId: bytesToHex(spanSent.links[0]!.spanId),
          traceState: 'l=1',
          flags: 1,
          attributes: expectedAttributes(spanSent.links[0]!.attributes),
          droppedAttributesCount: 5,
        },
      ],
    });
  });

  test('comes back in full for the details of the screen', async () => {
    const span = await face.ask(`/api/v1/traces/${traceId}/spans/${spanId}`, spanAnswer);
    expect(span).toMatchObject({
      traceId,
      spanId,
      service: 'shop',
      kind: 'consumer',
      status: 'error',
      durationNs: 1,
      marks: ['attributes_cut', 'value_cut'],
      listener: 'otlp_http',
    });
    const types = Object.fromEntries(span.attributes.map(({ key, type }) => [key, type]));
    expect(types).toMatchObject({
      text: 'string',
      int: 'int',
      double: 'double',
      yes: 'bool',
      list: 'array',
      pairs: 'kvlist',
      raw: 'bytes',
      empty: 'empty',
    });
    expect(span.attributes.find(({ key }) => key === 'list')).toMatchObject({
      value: [
        { type: 'string', value: 'a' },
        { type: 'int', value: '0' },
        { type: 'array', value: [] },
      ],
    });
    expect(span.attributes.find(({ key }) => key === 'raw')).toMatchObject({ value: 'AP8KJ1w=' });
    const { services } = await face.ask('/api/v1/services', servicesAnswer);
    expect(span.look).toBe(services.find(({ name }) => name === 'shop')!.look);
  });
});

describe('reads by id see their own writes', () => {
  const at = BigInt(nowMs - 30_000) * 1_000_000n;

  test.each(['', '/summary', '/columns', '/spans/'])('/traces/:id%s', async (path) => {
    const [span] = someSpans(100 + path.length, 1, at);
    const spanId = path === '/spans/' ? bytesToHex(span!.spanId!) : '';
    face.stored.accept(requestBytes('late', [span!]));
    const answer = await face.stored.get(
      `/api/v1/traces/${bytesToHex(span!.traceId!)}${path}${spanId}`,
    );
    expect(answer.statusCode).toBe(200);
    if (path !== '/spans/') expect(answer.headers['clew-fresh']).toBe('true');
  });

  test('nothing is loaded when nothing waits', async () => {
    const before = face.stored.loads();
    await face.stored.get(`/api/v1/traces/${checkoutId}`);
    expect(face.stored.loads()).toBe(before);
  });
});

test('a trace longer than the limit is cut and says so', async () => {
  const small = await openStored({ values: { 'ui.trace_json_spans_max': 100 } });
  try {
    const spans = someSpans(7, 150, BigInt(nowMs) * 1_000_000n, 150);
    small.accept(requestBytes('long', spans));
    const id = bytesToHex(spans[0]!.traceId!);
    const answer = await small.get(`/api/v1/traces/${id}`);
    expect(answer.headers['clew-complete']).toBe('false');
    expect(answer.json().resourceSpans[0].scopeSpans[0].spans).toHaveLength(100);
  } finally {
    await small.close();
  }
});
