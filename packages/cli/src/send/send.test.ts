import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { jaegerJson, zipkinJson } from '@clew/translate';
import { encodeTraces, exportTraceResponse, rpcStatus } from '@clew/wire';
import { decodeTraces } from '@clew/wire/decode';
import { afterEach, describe, expect, it } from 'vitest';
import { readMessages } from './messages.ts';
import { backoffMs, post, retryAfterMs } from './post.ts';
import { countSpans, requests } from './split.ts';

const id = (n: number, bytes: number) => {
  const value = new Uint8Array(bytes);
  new DataView(value.buffer).setUint32(bytes - 4, n);
  return value;
};

function traces(spans: number, service = 'cart', scopes = 1) {
  const perScope = Math.ceil(spans / scopes);
  return {
    resourceSpans: [
      {
        resource: {
          attributes: [{ key: 'service.name', value: { type: 'string', value: service } }],
        },
        schemaUrl: 'https://opentelemetry.io/schemas/1.45.0',
        scopeSpans: Array.from({ length: scopes }, (_, scope) => ({
          scope: { name: `scope-${scope}`, version: '1' },
          spans: Array.from({ length: Math.min(perScope, spans - scope * perScope) }, (_, n) => ({
            traceId: id(1, 16),
            spanId: id(scope * perScope + n + 1, 8),
            name: `span ${scope * perScope + n + 1} ${'x'.repeat(40)}`,
            startTimeUnixNano: 1_770_000_000_000_000_000n,
            endTimeUnixNano: 1_770_000_000_000_000_001n,
          })),
        })),
      },
    ],
  } as const;
}

const namesOf = (body: Uint8Array) =>
  decodeTraces(body).resourceSpans.flatMap((one) =>
    one.scopeSpans.flatMap((scope) => scope.spans.map((span) => span.name)),
  );

/** A zstd frame of one raw block (RFC 8878 §3.1.1): valid, and needs no compressor. */
function zstdOf(body: Uint8Array): Uint8Array {
  const header = Buffer.alloc(12);
  header.writeUInt32LE(0xfd2fb528, 0);
  header[4] = 0xa0; // single segment, content size in 4 bytes
  header.writeUInt32LE(body.length, 5);
  const block = (body.length << 3) | 1;
  header.writeUIntLE(block, 9, 3);
  return new Uint8Array(Buffer.concat([header, body]));
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}

describe('split', () => {
  it('keeps small messages together', () => {
    const small = Array.from({ length: 10 }, (_, n) => encodeTraces(traces(2, `s${n}`)));
    const parts = [...requests(small, { bytesMax: 1 << 20, spansMax: 1000 })];
    expect(parts.map((one) => one.spans)).toEqual([20]);
    expect(countSpans((parts[0] as { body: Uint8Array }).body)).toBe(20);
  });

  it.each([
    [1500, 1_000_000, 1],
    [1500, 1_000_000, 7],
    [1_000_000, 10, 3],
    [1, 1_000_000, 2],
  ])(
    'cuts at %i bytes, %i spans, %i scopes, losing and changing nothing',
    (bytesMax, spansMax, scopes) => {
      const whole = encodeTraces(traces(100, 'cart', scopes));
      const parts = [...requests([whole, whole], { bytesMax, spansMax })];
      expect(parts.flatMap(({ body }) => namesOf(body))).toEqual([
        ...namesOf(whole),
        ...namesOf(whole),
      ]);
      for (const { body, spans } of parts) {
        expect(countSpans(body)).toBe(spans);
        expect(spans).toBeLessThanOrEqual(spansMax);
        if (spans > 1) expect(body.length).toBeLessThanOrEqual(bytesMax);
        const { resourceSpans } = decodeTraces(body);
        expect(resourceSpans[0]?.resource.attributes[0]?.value).toEqual({
          type: 'string',
          value: 'cart',
        });
        expect(resourceSpans[0]?.schemaUrl).toBe('https://opentelemetry.io/schemas/1.45.0');
        expect(resourceSpans[0]?.scopeSpans[0]?.scope.version).toBe('1');
      }
    },
  );
});

describe('forms of a file', () => {
  const one = encodeTraces(traces(3));
  const two = encodeTraces(traces(2, 'db'));
  const framed = Uint8Array.from([one, two].flatMap((body) => [...varint(body.length), ...body]));
  const fourByte = Buffer.concat(
    [one, two].flatMap((body) => [Buffer.from([0, 0, body.length >> 8, body.length & 255]), body]),
  );
  const inFrames = (...bodies: Uint8Array[]) =>
    Buffer.concat(
      bodies.flatMap((body) => {
        const head = Buffer.alloc(4);
        head.writeUInt32BE(body.length);
        return [head, body];
      }),
    );
  const json = (name: string) => ({
    resourceSpans: [
      {
        scopeSpans: [
          {
            spans: [
              {
                traceId: '5b8efff798038103d269b633813fc60c',
                spanId: 'eee19b7ec3c1b174',
                name,
                startTimeUnixNano: '1770000000000000000',
                endTimeUnixNano: 1770000000000000001n.toString(),
              },
            ],
          },
        ],
      },
    ],
  });
  const text = (value: string) => new TextEncoder().encode(value);

  it.each([
    ['protobuf', one, 3],
    ['protobuf, length-delimited', framed, 5],
    ['protobuf, 4-byte lengths', new Uint8Array(fourByte), 5],
    ['JSON', text(JSON.stringify(json('a'))), 1],
    ['JSON', text(`\n\ufeff ${JSON.stringify(json('a'), null, 2)}\n`), 1],
    ['JSON', text(JSON.stringify([json('a'), json('b')])), 2],
    ['JSON lines', text(`${JSON.stringify(json('a'))}\n\n${JSON.stringify(json('b'))}\n`), 2],
    ['JSON, 4-byte lengths', new Uint8Array(inFrames(text(JSON.stringify(json('a'))))), 1],
    ['zstd, 4-byte lengths', new Uint8Array(inFrames(zstdOf(one), zstdOf(two))), 5],
    ['Zipkin JSON', text(zipkinJson(one)), 3],
    ['Jaeger JSON', text(jaegerJson(one)), 3],
  ] as const)('recognises %s', async (format, bytes, spans) => {
    const read = await readMessages(bytes, 'file');
    expect(read.format).toBe(format);
    expect(read.messages.reduce((sum, message) => sum + countSpans(message), 0)).toBe(spans);
  });

  it.each([
    [
      one.subarray(0, one.length - 5),
      /^f is truncated: it ends at byte \d+, within what begins at byte 1$/,
    ],
    [
      framed.subarray(0, framed.length - 5),
      /^f is truncated: it ends at byte \d+, within .* after 3 spans$/,
    ],
    [text('hello, this is no trace at all'), /^f is not OTLP traces: .* at byte \d+/],
    [new Uint8Array([0x50, 0x4b, 3, 4, 9, 9, 9, 9]), /^f is not OTLP traces: /],
    [new Uint8Array(), /^f is empty/],
    [text('{"resourceSpans":[{"scope'), /^f is truncated at byte 25/],
    [text(`${JSON.stringify(json('a'))}\n{"resourceSp`), /^f, line 2 is truncated at byte \d+$/],
    [text('{"resourceLogs":[]}'), /it holds OTLP logs/],
    [
      text('{"data":[{"traceID":"1"}]}'),
      /^f cannot be read: data\[0\]: found an object, wanted a trace/,
    ],
    [text('[{"traceId":1,"id":"2"}]'), /^f cannot be read: /],
    [text('{"hello":1}'), /no resourceSpans but hello/],
    [text('{"resourceSpans": nope}'), /^f is broken JSON/],
  ])('says what is wrong (%#)', async (bytes, message) => {
    await expect(readMessages(bytes, 'f')).rejects.toThrow(message);
  });

  it('takes gzip for what it is only after unpacking', async () => {
    await expect(readMessages(gzipSync(one), 'f')).rejects.toThrow(/begins 1f 8b/);
  });
});

describe('post', () => {
  const servers: { close: () => void }[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  type Answer = { status: number; headers?: Record<string, string>; body?: Uint8Array };

  async function serverAnswering(...answers: Answer[]) {
    let calls = 0;
    const server = createServer((request, response) => {
      request.resume().on('end', () => {
        const answer = answers[Math.min(calls++, answers.length - 1)] as Answer;
        response.writeHead(answer.status, {
          'content-type': 'application/x-protobuf',
          ...answer.headers,
        });
        response.end(answer.body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`,
      calls: () => calls,
    };
  }

  const options = { retryForMs: 5_000, now: () => Date.now() };
  const body = encodeTraces(traces(1));

  it('reports partial success', async () => {
    const { url } = await serverAnswering({
      status: 200,
      body: exportTraceResponse(2, 'two bad ids'),
    });
    expect(await post(body, { ...options, url })).toEqual({
      rejectedSpans: 2,
      message: 'two bad ids',
      retries: 0,
    });
  });

  it('waits as Retry-After says, then succeeds', async () => {
    const { url, calls } = await serverAnswering(
      { status: 503, headers: { 'retry-after': '0' }, body: rpcStatus(14, 'spool full') },
      { status: 429, headers: { 'retry-after': '0' } },
      { status: 200 },
    );
    const waits: string[] = [];
    const posted = await post(body, { ...options, url, onRetry: (why) => waits.push(why) });
    expect(posted.retries).toBe(2);
    expect(calls()).toBe(3);
    expect(waits[0]).toBe('503 spool full');
  });

  it('gives up in time, and says so', async () => {
    const { url } = await serverAnswering({ status: 503, headers: { 'retry-after': '60' } });
    await expect(post(body, { ...options, url })).rejects.toThrow(/did not take the spans: 503/);
  });

  it('does not repeat what was refused for good', async () => {
    const { url, calls } = await serverAnswering({
      status: 400,
      body: rpcStatus(3, 'truncated at byte 7'),
    });
    await expect(post(body, { ...options, url })).rejects.toThrow(/400 truncated at byte 7/);
    expect(calls()).toBe(1);
  });

  it('says that nobody is there', async () => {
    const { url } = await serverAnswering({ status: 200 });
    for (const server of servers.splice(0))
      await new Promise<void>(
        (done) => void (server as { close: (done: () => void) => void }).close(() => done()),
      );
    await expect(post(body, { ...options, url })).rejects.toThrow(/nothing listens there/);
  });

  it('reads Retry-After as seconds or date', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    expect(retryAfterMs('7', now)).toBe(7_000);
    expect(retryAfterMs('Thu, 01 Jan 2026 00:00:03 GMT', now)).toBe(3_000);
    expect(retryAfterMs('Wed, 31 Dec 2025 00:00:00 GMT', now)).toBe(0);
    expect(retryAfterMs('soon', now)).toBeUndefined();
    expect(retryAfterMs(null, now)).toBeUndefined();
  });

  it('backs off between bounds', () => {
    expect([backoffMs(0, 0), backoffMs(0, 1), backoffMs(20, 1)]).toEqual([125, 250, 10_000]);
  });
});
