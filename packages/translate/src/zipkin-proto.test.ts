import { createWriter, type Writer } from '@clew/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ARRIVED_MS, hex, read, readV2 } from '../test/zipkin-spans.ts';
import { ipv6Text, zipkinProtoToOtlp } from './zipkin-proto.ts';

describe('the protobuf form', () => {
  const id = fc.uint8Array({ minLength: 8, maxLength: 8 });
  const us = fc.integer({ min: 1, max: 2 ** 51 });
  const text = fc.string({ minLength: 1, unit: 'grapheme' });
  const span = fc.record({
    traceId: fc.uint8Array({ minLength: 16, maxLength: 16 }),
    id,
    parentId: id,
    kind: fc.constantFrom('', 'CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER'),
    name: text,
    timestamp: us,
    duration: us,
    service: text,
    annotations: fc.array(fc.record({ timestamp: us, value: text }), { maxLength: 4 }),
    tags: fc.dictionary(text, text, { maxKeys: 8 }),
    debug: fc.boolean(),
    shared: fc.boolean(),
  });

  it('means the same as JSON', () => {
    fc.assert(
      fc.property(fc.array(span, { maxLength: 5 }), (spans) => {
        const to = createWriter();
        for (const each of spans) message(to, 1, () => writeProto(to, each));
        const json = spans.map(({ service, ...each }) => ({
          ...each,
          traceId: hex(each.traceId),
          id: hex(each.id),
          parentId: hex(each.parentId),
          kind: each.kind || undefined,
          localEndpoint: { serviceName: service, ipv4: '10.0.0.1', port: 80 },
        }));
        expect(read(zipkinProtoToOtlp(to.finish(), ARRIVED_MS, false))).toEqual(readV2(...json));
      }),
      { numRuns: 100, seed: 3 },
    );
  });

  function message(to: Writer, field: number, write: () => void): void {
    const mark = to.begin(field);
    write();
    to.end(mark);
  }

  type Made = typeof span extends fc.Arbitrary<infer T> ? T : never;

  function writeProto(to: Writer, made: Made): void {
    to.bytes(1, made.traceId);
    to.bytes(2, made.parentId);
    to.bytes(3, made.id);
    to.varint(4, ['', 'CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER'].indexOf(made.kind));
    to.string(5, made.name);
    to.fixed64(6, BigInt(made.timestamp));
    to.varint(7, made.duration);
    message(to, 8, () => {
      to.string(1, made.service);
      to.bytes(2, Uint8Array.of(10, 0, 0, 1));
      to.varint(4, 80);
    });
    for (const { timestamp, value } of made.annotations) {
      message(to, 10, () => {
        to.fixed64(1, BigInt(timestamp));
        to.string(2, value);
      });
    }
    for (const [key, value] of Object.entries(made.tags)) {
      message(to, 11, () => {
        to.string(1, key);
        to.string(2, value);
      });
    }
    to.bool(12, made.debug);
    to.bool(13, made.shared);
  }

  it.each([
    ['00000000000000000000000000000001', '::1'],
    ['20010db8000000000001000000000001', '2001:db8::1:0:0:1'],
    ['20010db8000100020003000400050006', '2001:db8:1:2:3:4:5:6'],
    ['00000000000000000000000000000000', '::'],
    ['00', ''],
  ])('shows the address %s as %s', (bytes, address) => {
    expect(ipv6Text(Buffer.from(bytes, 'hex'))).toBe(address);
  });
});
