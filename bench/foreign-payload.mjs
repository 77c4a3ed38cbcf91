/**
 * One set of spans in every protocol that `receivers.mjs` measures: 10 attributes a span, 500 spans a request, fresh
 * ids in each, so that no request is taken for a repeat of another.
 */
import { randomFillSync } from 'node:crypto';
import { encodeTraces } from '@clew/wire';
import { encode as encodeMsgpack } from '@msgpack/msgpack';
import { createRandom } from './payload.mjs';

const ROUTES = ['/cart', '/checkout', '/v1/orders', '/pay', '/login', '/send'];

/** @returns spans as plain values: ids are 8 bytes as hex, times microseconds, tags pairs of key and text or number */
function createSpans(count, random) {
  const ids = Buffer.alloc(8 * count + 16);
  randomFillSync(ids);
  const traceId = ids.subarray(0, 16).toString('hex');
  const now = Date.now() * 1000;
  return Array.from({ length: count }, (_, at) => {
    const route = ROUTES[Math.floor(random() * ROUTES.length)];
    return {
      traceId,
      id: ids.subarray(16 + 8 * at, 24 + 8 * at).toString('hex'),
      parentId: at === 0 ? '' : ids.subarray(16, 24).toString('hex'),
      name: `GET ${route}`,
      startUs: now + at,
      durationUs: 1 + Math.floor(random() * 1e6),
      tags: [
        ['http.request.method', 'GET'],
        ['http.route', route],
        ['url.full', `https://shop.example${route}?id=${Math.floor(random() * 1e9)}`],
        ['http.response.status_code', 200],
        ['server.address', 'shop.example'],
        ['server.port', 443],
        ['user.id', `u-${Math.floor(random() * 1e6)}`],
        ['network.protocol.version', '1.1'],
        ['thread.id', Math.floor(random() * 64)],
        ['db.rows', Math.floor(random() * 1000)],
      ],
    };
  });
}

/** `count` bodies of `spansPerBody` spans each in the form that `encode` gives them. */
export function createBodies(encode, { count, spansPerBody, seed }) {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => encode(createSpans(spansPerBody, random)));
}

export function otlpBody(spans) {
  const value = (v) =>
    typeof v === 'number' ? { type: 'int', value: BigInt(v) } : { type: 'string', value: v };
  const pair = ([key, v]) => ({ key, value: value(v) });
  return encodeTraces({
    resourceSpans: [
      {
        resource: { attributes: [pair(['service.name', 'shop'])] },
        scopeSpans: [
          {
            spans: spans.map((span) => ({
              traceId: Buffer.from(span.traceId, 'hex'),
              spanId: Buffer.from(span.id, 'hex'),
              parentSpanId: Buffer.from(span.parentId, 'hex'),
              name: span.name,
              kind: 2,
              startTimeUnixNano: BigInt(span.startUs) * 1000n,
              endTimeUnixNano: BigInt(span.startUs + span.durationUs) * 1000n,
              attributes: span.tags.map(pair),
            })),
          },
        ],
      },
    ],
  });
}

export function zipkinBody(spans) {
  const list = spans.map((span) => ({
    traceId: span.traceId,
    id: span.id,
    ...(span.parentId !== '' && { parentId: span.parentId }),
    kind: 'SERVER',
    name: span.name,
    timestamp: span.startUs,
    duration: span.durationUs,
    localEndpoint: { serviceName: 'shop', ipv4: '10.1.2.3', port: 8080 },
    tags: Object.fromEntries(span.tags.map(([key, value]) => [key, String(value)])),
  }));
  return Buffer.from(JSON.stringify(list));
}

/** 0.4 as dd-trace sends it: text in `meta`, numbers in `metrics`, and what it adds to every span. */
export function datadogBody(spans) {
  const trace = spans.map((span, at) => ({
    type: 'web',
    trace_id: BigInt(`0x${span.traceId.slice(16)}`),
    span_id: BigInt(`0x${span.id}`),
    parent_id: BigInt(`0x${span.parentId || '0'}`),
    name: 'web.request',
    resource: span.name,
    service: 'shop',
    error: 0,
    start: BigInt(span.startUs) * 1000n,
    duration: span.durationUs * 1000,
    meta: {
      ...(at === 0 && { '_dd.p.tid': span.traceId.slice(0, 16) }),
      'span.kind': 'server',
      env: 'bench',
      version: '1.2.3',
      'runtime-id': 'bf91dc58-6a25-4777-890f-23268df8c057',
      language: 'javascript',
      ...Object.fromEntries(span.tags.filter(([, value]) => typeof value === 'string')),
    },
    metrics: {
      '_dd.measured': 1,
      process_id: 4711,
      _sampling_priority_v1: 1,
      ...Object.fromEntries(span.tags.filter(([, value]) => typeof value === 'number')),
    },
  }));
  return Buffer.from(encodeMsgpack([trace], { useBigInt64: true }));
}

// ── Thrift ──────────────────────────────────────────────────────────────────────────────────────

const [I32, I64, TEXT, STRUCT, LIST] = [8, 10, 11, 12, 15];
const COMPACT_TYPES = { [I32]: 5, [I64]: 6, [TEXT]: 8, [STRUCT]: 12, [LIST]: 9 };

/** A struct is a list of [field id, type, value]; a list holds structs. */
function batchOf(spans) {
  const tag = ([key, value]) => [
    [1, TEXT, key],
    [2, I32, typeof value === 'string' ? 0 : 3],
    typeof value === 'string' ? [3, TEXT, value] : [6, I64, BigInt(value)],
  ];
  const id = (hex) => BigInt.asIntN(64, BigInt(`0x${hex || '0'}`));
  const span = (one) => [
    [1, I64, id(one.traceId.slice(16))],
    [2, I64, id(one.traceId.slice(0, 16))],
    [3, I64, id(one.id)],
    [4, I64, id(one.parentId)],
    [5, TEXT, one.name],
    [7, I32, 1],
    [8, I64, BigInt(one.startUs)],
    [9, I64, BigInt(one.durationUs)],
    [10, LIST, [['span.kind', 'server'], ...one.tags].map(tag)],
  ];
  return [
    [1, STRUCT, [[1, TEXT, 'shop']]],
    [2, LIST, spans.map(span)],
  ];
}

export function jaegerBody(spans) {
  const out = [];
  writeBinary(out, batchOf(spans));
  return Buffer.concat(out);
}

export function jaegerPacket(spans) {
  const out = [Buffer.from([0x82, 0x81, 0, 9]), Buffer.from('emitBatch')];
  writeCompact(out, [[1, STRUCT, batchOf(spans)]]);
  return Buffer.concat(out);
}

function writeBinary(out, struct) {
  for (const [id, type, value] of struct) {
    out.push(Buffer.from([type, 0, id]));
    if (type === I32) out.push(word(value));
    else if (type === I64) out.push(long(value));
    else if (type === TEXT) out.push(word(Buffer.byteLength(value)), Buffer.from(value));
    else if (type === STRUCT) writeBinary(out, value);
    else {
      out.push(Buffer.from([STRUCT]), word(value.length));
      for (const element of value) writeBinary(out, element);
    }
  }
  out.push(Buffer.from([0]));
}

function writeCompact(out, struct) {
  let last = 0;
  for (const [id, type, value] of struct) {
    out.push(Buffer.from([((id - last) << 4) | COMPACT_TYPES[type]]));
    last = id;
    if (type === I32) out.push(varint(BigInt(value) << 1n));
    else if (type === I64) out.push(varint(BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))));
    else if (type === TEXT) out.push(varint(BigInt(Buffer.byteLength(value))), Buffer.from(value));
    else if (type === STRUCT) writeCompact(out, value);
    else {
      const isShort = value.length < 15;
      out.push(Buffer.from([((isShort ? value.length : 15) << 4) | 12]));
      if (!isShort) out.push(varint(BigInt(value.length)));
      for (const element of value) writeCompact(out, element);
    }
  }
  out.push(Buffer.from([0]));
}

function word(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function long(value) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}

function varint(value) {
  const bytes = [];
  let rest = value;
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}
