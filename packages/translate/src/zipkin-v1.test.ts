import { describe, expect, it } from 'vitest';
import { binaryStruct, type ThriftStruct } from '../test/thrift-writer.ts';
import { ARRIVED_MS, ids, read, readV1, START } from '../test/zipkin-spans.ts';
import { zipkinThriftToOtlp } from './zipkin-v1-thrift.ts';

describe('a span of the first version', () => {
  const web = { serviceName: 'web' };
  const stock = { serviceName: 'stock', ipv4: '10.0.0.2', port: 80 };
  const at = (value: string, us: number, endpoint?: object) => ({
    value,
    timestamp: START + us,
    endpoint,
  });
  const shape = (spans: ReturnType<typeof readV1>) =>
    spans.map(({ kind, startUs, durationUs, resource, attributes }) => [
      resource['service.name'],
      kind,
      startUs - START,
      durationUs,
      attributes['zipkin.shared'] ?? false,
    ]);

  it('of a client, with its other side', () => {
    const [span] = readV1({
      ...ids,
      annotations: [at('cs', 0, web), at('cr', 9, web), at('retry', 5, web)],
      binaryAnnotations: [
        { key: 'sa', value: true, endpoint: stock },
        { key: 'sku', value: 'a-1', endpoint: web },
        { key: 'n', value: 5, type: 'I32', endpoint: web },
      ],
    });
    expect(shape([span!])).toEqual([['web', 3, 0, 9, false]]);
    expect(span?.attributes).toMatchObject({ 'peer.service': 'stock', sku: 'a-1', n: '5' });
    expect(span?.events.map(({ name }) => name)).toEqual(['retry']);
  });

  it('of a server alone, without times of its own, is shared', () => {
    const spans = readV1({ ...ids, annotations: [at('sr', 0, web), at('ss', 9, web)] });
    expect(shape(spans)).toEqual([['web', 2, 0, 9, true]]);
  });

  it('of a server that began the trace is not', () => {
    const annotations = [at('sr', 0, web), at('ss', 9, web)];
    const spans = readV1({ ...ids, timestamp: START, duration: 9, annotations });
    expect(shape(spans)).toEqual([['web', 2, 0, 9, false]]);
  });

  it('of both sides becomes two', () => {
    const annotations = [
      at('cs', 0, web),
      at('sr', 2, stock),
      at('ss', 6, stock),
      at('cr', 9, web),
    ];
    const spans = readV1({ ...ids, timestamp: START, duration: 9, annotations });
    expect(shape(spans)).toEqual([
      ['web', 3, 0, 9, false],
      ['stock', 2, 2, 4, true],
    ]);
  });

  it('of a service that calls itself becomes two as well', () => {
    const annotations = [at('cs', 0, web), at('sr', 2, web), at('ss', 6, web), at('cr', 9, web)];
    expect(shape(readV1({ ...ids, annotations }))).toEqual([
      ['web', 3, 0, 9, false],
      ['web', 2, 2, 4, true],
    ]);
  });

  it('of a message becomes two when both sides tell', () => {
    const annotations = [at('ms', 0, web), at('mr', 5, stock)];
    expect(shape(readV1({ ...ids, annotations }))).toEqual([
      ['web', 4, 0, 0, false],
      ['stock', 5, 5, 0, true],
    ]);
  });

  it('that is local has the name of its component', () => {
    const binaryAnnotations = [{ key: 'lc', value: 'cache', endpoint: web }];
    const [span] = readV1({ ...ids, timestamp: START, duration: 3, binaryAnnotations });
    expect(span).toMatchObject({ kind: 0, durationUs: 3, attributes: { lc: 'cache' } });
    expect(span?.resource).toEqual({ 'service.name': 'web' });
  });

  it('is never copied for each of many services', () => {
    const annotations = Array.from({ length: 1000 }, (_, n) =>
      at('x', n, { serviceName: `s${n}` }),
    );
    expect(readV1({ ...ids, annotations }).length).toBeLessThanOrEqual(4);
  });

  it('means the same in Thrift', () => {
    const endpoint: ThriftStruct = [
      [1, { i32: 0x0a000002 }],
      [3, { text: 'stock' }],
    ];
    const annotation = (value: string, us: number): ThriftStruct => [
      [1, { i64: BigInt(START + us) }],
      [2, { text: value }],
      [3, { struct: endpoint }],
    ];
    const span: ThriftStruct = [
      [1, { i64: BigInt.asIntN(64, 0xd269b633813fc60cn) }],
      [3, { text: 'get' }],
      [4, { i64: BigInt.asIntN(64, BigInt(`0x${ids.id}`)) }],
      [6, { structs: [annotation('sr', 0), annotation('ss', 9)] }],
      [
        8,
        {
          structs: [
            [
              [1, { text: 'n' }],
              [2, { bytes: Uint8Array.of(0xff, 0xfe) }],
              [3, { i32: 2 }],
            ],
          ],
        },
      ],
      [9, { bool: true }],
      [12, { i64: BigInt.asIntN(64, 0x5b8efff798038103n) }],
    ];
    const body = Uint8Array.from([12, 0, 0, 0, 1, ...binaryStruct(span)]);
    const where = { serviceName: 'stock', ipv4: '10.0.0.2' };
    const json = {
      ...ids,
      name: 'get',
      debug: true,
      annotations: [at('sr', 0, where), at('ss', 9, where)],
      binaryAnnotations: [{ key: 'n', value: -2, type: 'I16' }],
    };
    expect(read(zipkinThriftToOtlp(body, ARRIVED_MS))).toEqual(readV1(json));
  });
});
