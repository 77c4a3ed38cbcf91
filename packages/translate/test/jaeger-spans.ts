/**
 * Spans of Jaeger for tests: one description, written in both Thrift's and protobuf's form, and read back.
 *
 * Never knows: what they should become.
 */
import { createWriter, type Writer } from '@clew/wire';
import { decodeTraces } from '@clew/wire/decode';
import { jaegerBatchToOtlp } from '../src/jaeger-thrift.ts';
import { binaryStruct, type ThriftStruct, type ThriftValue } from './thrift-writer.ts';

export type TagValue = string | number | bigint | boolean | Uint8Array;
export type Tags = readonly (readonly [string, TagValue])[];

/** A span as a client has it; what is not given is of no matter to the test. */
export interface Span {
  readonly id?: bigint;
  readonly parent?: bigint;
  readonly name?: string;
  readonly flags?: number;
  readonly startUs?: bigint;
  readonly durationUs?: bigint;
  readonly tags?: Tags;
  readonly references?: readonly { type: number; trace: bigint; id: bigint }[];
  readonly logs?: readonly { us: bigint; fields: Tags }[];
}

/** The lower half of every span's trace id; the upper half is 5. */
export const TRACE = 0x8000_0000_0000_0001n;
/** Microseconds. */
export const START = 1_795_000_000_000_000n;

function thriftTag([key, value]: readonly [string, TagValue]): ThriftStruct {
  const [type, field, held] = thriftValue(value);
  return [
    [1, { text: key }],
    [2, { i32: type }],
    [field, held],
  ];
}

function thriftValue(value: TagValue): [number, number, ThriftValue] {
  if (typeof value === 'string') return [0, 3, { text: value }];
  if (typeof value === 'number') return [1, 4, { double: value }];
  if (typeof value === 'boolean') return [2, 5, { bool: value }];
  if (typeof value === 'bigint') return [3, 6, { i64: value }];
  return [4, 7, { bytes: value }];
}

function thriftSpan(span: Span): ThriftStruct {
  return [
    [1, { i64: BigInt.asIntN(64, TRACE) }],
    [2, { i64: 5n }],
    [3, { i64: BigInt.asIntN(64, span.id ?? 7n) }],
    [4, { i64: BigInt.asIntN(64, span.parent ?? 0n) }],
    [5, { text: span.name ?? 'work' }],
    [
      6,
      {
        structs: (span.references ?? []).map(({ type, trace, id }) => [
          [1, { i32: type }],
          [2, { i64: BigInt.asIntN(64, trace) }],
          [3, { i64: 5n }],
          [4, { i64: id }],
        ]),
      },
    ],
    [7, { i32: span.flags ?? 0 }],
    [8, { i64: span.startUs ?? START }],
    [9, { i64: span.durationUs ?? 250n }],
    [10, { structs: (span.tags ?? []).map(thriftTag) }],
    [
      11,
      {
        structs: (span.logs ?? []).map(({ us, fields }) => [
          [1, { i64: us }],
          [2, { structs: fields.map(thriftTag) }],
        ]),
      },
    ],
  ];
}

/** `Batch` of jaeger.thrift. */
export function batch(spans: readonly Span[], service = 'shop', tags: Tags = []): ThriftStruct {
  const process: ThriftStruct = [
    [1, { text: service }],
    [2, { structs: tags.map(thriftTag) }],
  ];
  return [
    [1, { struct: process }],
    [2, { structs: spans.map(thriftSpan) }],
  ];
}

// ── The protobuf form ───────────────────────────────────────────────────────────────────────────

export function message(to: Writer, field: number, write: () => void): void {
  const mark = to.begin(field);
  write();
  to.end(mark);
}

function protoTag(to: Writer, field: number, [key, value]: readonly [string, TagValue]): void {
  message(to, field, () => {
    to.string(1, key);
    to.varint(2, protoType(value));
    if (typeof value === 'string') to.string(3, value);
    else if (typeof value === 'boolean') to.bool(4, value);
    else if (typeof value === 'bigint') to.varint64(5, value);
    else if (typeof value === 'number') to.double(6, value);
    else to.bytes(7, value);
  });
}

function protoType(value: TagValue): number {
  const types = ['string', 'boolean', 'bigint', 'number', 'object'];
  return types.indexOf(typeof value);
}

function idBytes(...words: bigint[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(8 * words.length));
  for (const [place, word] of words.entries())
    view.setBigUint64(8 * place, BigInt.asUintN(64, word));
  return new Uint8Array(view.buffer);
}

function protoTime(to: Writer, field: number, us: bigint): void {
  message(to, field, () => {
    to.varint64(1, us / 1_000_000n);
    to.varint64(2, (us % 1_000_000n) * 1000n);
  });
}

export function protoSpan(to: Writer, span: Span): void {
  to.bytes(1, idBytes(5n, TRACE));
  to.bytes(2, idBytes(span.id ?? 7n));
  to.string(3, span.name ?? 'work');
  const parent = { type: 0, trace: TRACE, id: span.parent ?? 0n };
  for (const { type, trace, id } of [...(parent.id ? [parent] : []), ...(span.references ?? [])]) {
    message(to, 4, () => {
      to.bytes(1, idBytes(5n, trace));
      to.bytes(2, idBytes(id));
      to.varint(3, type);
    });
  }
  to.varint(5, span.flags ?? 0);
  protoTime(to, 6, span.startUs ?? START);
  protoTime(to, 7, span.durationUs ?? 250n);
  for (const tag of span.tags ?? []) protoTag(to, 8, tag);
  for (const { us, fields } of span.logs ?? []) {
    message(to, 9, () => {
      protoTime(to, 1, us);
      for (const tag of fields) protoTag(to, 2, tag);
    });
  }
}

/** `PostSpansRequest`. */
export function postSpans(spans: readonly Span[], service = 'shop', tags: Tags = []): Uint8Array {
  const to = createWriter();
  message(to, 1, () => {
    for (const span of spans) message(to, 1, () => protoSpan(to, span));
    message(to, 2, () => {
      to.string(1, service);
      for (const tag of tags) protoTag(to, 2, tag);
    });
  });
  return to.finish();
}

// ── Read back ───────────────────────────────────────────────────────────────────────────────────

/** By resource, what a batch of these spans becomes. */
export function readAll(spans: readonly Span[], service?: string, tags?: Tags) {
  const { resourceSpans } = decodeTraces(
    jaegerBatchToOtlp(binaryStruct(batch(spans, service, tags))),
  );
  return resourceSpans;
}

/** What one span becomes, with its attributes by key. */
export function readOne(span: Span) {
  const found = readAll([span])[0]?.scopeSpans[0];
  const read = found?.spans[0];
  if (found === undefined || read === undefined) throw new Error('no span');
  const attributes = Object.fromEntries(
    read.attributes.map(({ key, value }) => [key, 'value' in value ? value.value : null]),
  );
  return { ...read, attributes, scope: found.scope };
}

/** A `PostSpansRequest` of spans that are encoded already, each with its process. */
export function postSpansOf(spans: Iterable<Uint8Array>): Uint8Array {
  const writer = createWriter();
  message(writer, 1, () => {
    for (const span of spans) writer.bytes(1, span);
  });
  return writer.finish();
}
