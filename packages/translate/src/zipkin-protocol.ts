/**
 * Rows of Zipkin's port: both versions of its spans in every encoding its clients send.
 *
 * Never knows: what a list holds.
 * https://zipkin.io/zipkin-api/
 */

import type { HttpProtocol, Listener } from './protocol.ts';
import { zipkinJsonToOtlp, zipkinV1JsonToOtlp } from './zipkin-json.ts';
import { zipkinProtoToOtlp } from './zipkin-proto.ts';
import { zipkinThriftToOtlp } from './zipkin-v1-thrift.ts';

export const zipkinListener: Listener = {
  name: 'zipkin',
  transport: 'http',
  port: 9411,
  says: 'where Zipkin clients find a server (POST /api/v1/spans and /api/v2/spans, and the query API); off closes it',
  hint: () => 'Zipkin spans are taken with POST /api/v2/spans or /api/v1/spans',
};

const shared = {
  listener: 'zipkin',
  transport: 'http',
  methods: ['POST'],
  // Zipkin has no word for spans that were left out: they are counted here, and its clients are told all is well.
  accepted: () => ({ status: 202, body: '' }),
} as const;

/** JSON is what a body is taken for when its content type says nothing else, as Zipkin's server does. */
export const zipkinProtocols: readonly HttpProtocol[] = [
  {
    ...shared,
    name: 'zipkin-v2-json',
    paths: ['/api/v2/spans', '/zipkin/api/v2/spans'],
    contentTypes: ['application/json'],
    isDefault: true,
    wanted: 'a list of Zipkin v2 spans in JSON',
    translate: (body, { arrivedMs }) => ({ otlp: zipkinJsonToOtlp(body, arrivedMs), rejected: [] }),
  },
  {
    ...shared,
    name: 'zipkin-v2-proto',
    paths: ['/api/v2/spans', '/zipkin/api/v2/spans'],
    contentTypes: ['application/x-protobuf', 'application/protobuf'],
    wanted: 'a list of Zipkin v2 spans in protobuf',
    translate: (body, { arrivedMs, header }) => ({
      otlp: zipkinProtoToOtlp(body, arrivedMs, header('x-b3-flags') === '1'),
      rejected: [],
    }),
  },
  {
    ...shared,
    name: 'zipkin-v1-json',
    paths: ['/api/v1/spans', '/zipkin/api/v1/spans'],
    contentTypes: ['application/json'],
    isDefault: true,
    wanted: 'a list of Zipkin v1 spans in JSON',
    translate: (body, { arrivedMs }) => ({
      otlp: zipkinV1JsonToOtlp(body, arrivedMs),
      rejected: [],
    }),
  },
  {
    ...shared,
    name: 'zipkin-v1-thrift',
    paths: ['/api/v1/spans', '/zipkin/api/v1/spans'],
    contentTypes: ['application/x-thrift'],
    wanted: 'a list of Zipkin v1 spans in Thrift',
    translate: (body, { arrivedMs }) => ({
      otlp: zipkinThriftToOtlp(body, arrivedMs),
      rejected: [],
    }),
  },
];
