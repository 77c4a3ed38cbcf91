/**
 * The protocols that spans may arrive by: one row each, and what their clients ask for beside.
 *
 * A row says which listener speaks it, by what it is recognised there, how its body becomes OTLP bytes, and what
 * its sender is answered. Never knows: sockets.
 */

import { datadogPages } from './datadog-pages.ts';
import { datadogProtocols } from './datadog-protocol.ts';
import { jaegerProtocols } from './jaeger-protocol.ts';
import { acceptedGrpc, acceptedJson, acceptedProtobuf, protobufTypes } from './otlp-answers.ts';
import { otlpJsonToProtobuf } from './otlp-json.ts';
import type { Page, Protocol } from './protocol.ts';
import { xrayPages, xrayProtocol } from './xray-protocol.ts';
import { zipkinProtocols } from './zipkin-protocol.ts';

export const protocols: readonly Protocol[] = [
  {
    name: 'otlp-protobuf',
    listener: 'otlp_http',
    transport: 'http',
    methods: ['POST'],
    paths: ['/v1/traces'],
    contentTypes: protobufTypes,
    wanted: 'an OTLP trace request',
    translate: (body) => ({ otlp: body, rejected: [] }),
    accepted: acceptedProtobuf,
  },
  {
    name: 'otlp-json',
    listener: 'otlp_http',
    transport: 'http',
    methods: ['POST'],
    paths: ['/v1/traces'],
    contentTypes: ['application/json'],
    wanted: 'an OTLP/JSON trace request',
    translate: (body) => ({ otlp: otlpJsonToProtobuf(body), rejected: [] }),
    accepted: acceptedJson,
  },
  {
    name: 'otlp-grpc',
    listener: 'otlp_grpc',
    transport: 'grpc',
    path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    wanted: 'an OTLP trace request',
    translate: (body) => ({ otlp: body, rejected: [] }),
    accepted: acceptedGrpc,
  },
  ...datadogProtocols,
  xrayProtocol,
  ...zipkinProtocols,
  ...jaegerProtocols,
];

/** Requests that clients make beside sending spans. */
export const pages: readonly Page[] = [...datadogPages, ...xrayPages];
