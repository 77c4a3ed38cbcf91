/**
 * Rows of Jaeger's ports: what its collectors take over HTTP and gRPC, and what its agents take in datagrams.
 *
 * Never knows: what a batch holds.
 * https://www.jaegertracing.io/docs/1.76/apis/
 */

import { jaegerPostSpansToOtlp } from './jaeger-proto.ts';
import { jaegerBatchToOtlp, jaegerBinaryToOtlp, jaegerCompactToOtlp } from './jaeger-thrift.ts';
import type { HttpAnswer, Listener, Protocol, Refusal } from './protocol.ts';

export const jaegerListeners: readonly Listener[] = [
  {
    name: 'jaeger_http',
    transport: 'http',
    port: 14268,
    says: 'where Jaeger clients find a collector (Thrift over HTTP, POST /api/traces); off closes it',
    hint: () => 'Jaeger batches are taken with POST /api/traces?format=jaeger.thrift',
    refused: refusedJaeger,
  },
  {
    name: 'jaeger_grpc',
    transport: 'grpc',
    port: 14250,
    says: 'where Jaeger agents and exporters find a collector (gRPC, PostSpans); off closes it',
    hint: () => 'Jaeger batches are taken by CollectorService/PostSpans',
  },
  {
    name: 'jaeger_udp',
    transport: 'udp',
    port: 6831,
    says: 'where Jaeger clients find an agent (compact Thrift in datagrams); off closes it',
    hint: () => '',
  },
  {
    name: 'jaeger_udp_binary',
    transport: 'udp',
    port: 6832,
    says: 'where Jaeger clients for Node find an agent (binary Thrift in datagrams); off closes it',
    hint: () => '',
  },
];

/** What Jaeger's agents read of a datagram. */
const packetBytesMax = 65_000;

export const jaegerProtocols: readonly Protocol[] = [
  {
    name: 'jaeger-thrift-http',
    listener: 'jaeger_http',
    transport: 'http',
    methods: ['POST'],
    paths: ['/api/traces'],
    contentTypes: ['application/x-thrift', 'application/vnd.apache.thrift.binary'],
    wanted: 'a Jaeger batch in binary Thrift',
    translate: (body) => ({ otlp: jaegerBatchToOtlp(body), rejected: [] }),
    accepted: () => ({ status: 202, body: '' }),
  },
  {
    name: 'jaeger-grpc',
    listener: 'jaeger_grpc',
    transport: 'grpc',
    path: '/jaeger.api_v2.CollectorService/PostSpans',
    wanted: 'a Jaeger PostSpansRequest',
    translate: (message) => ({ otlp: jaegerPostSpansToOtlp(message), rejected: [] }),
    // PostSpansResponse has no fields.
    accepted: () => new Uint8Array(0),
  },
  {
    name: 'jaeger-compact',
    listener: 'jaeger_udp',
    transport: 'udp',
    packetBytesMax,
    wanted: 'a Jaeger emitBatch call in compact Thrift',
    translate: (packet) => ({ otlp: jaegerCompactToOtlp(packet), rejected: [] }),
  },
  {
    name: 'jaeger-binary',
    listener: 'jaeger_udp_binary',
    transport: 'udp',
    packetBytesMax,
    wanted: 'a Jaeger emitBatch call in binary Thrift',
    translate: (packet) => ({ otlp: jaegerBinaryToOtlp(packet), rejected: [] }),
  },
];

/** Plain text; Jaeger's collector calls an unknown content type a bad request. */
function refusedJaeger({ reason, http, message }: Refusal): HttpAnswer {
  const status = reason === 'unknown-content-type' ? 400 : http;
  return { status, contentType: 'text/plain; charset=utf-8', body: `${message}\n` };
}
