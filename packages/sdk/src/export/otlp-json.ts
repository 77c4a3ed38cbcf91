/**
 * A request's bytes → OTLP/JSON text: ids as hex, 64-bit numbers as text, enums as numbers.
 *
 * For people and for servers without protobuf; it decodes, so it is dearer than the bytes.
 * Never knows: where the text goes. Source: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */

import { type AnyValue, bytesToHex, type KeyValue } from '@clew/wire';
import { decodeTraces } from '@clew/wire/decode';
import { SLICE_BYTES, slicesOf } from './slices.ts';

const OPEN = '{"resourceSpans":[';
const CLOSE = ']}';

/** The text of a batch, made in several turns of the loop; a resource is repeated for each of them. */
export async function otlpJsonInTurns(body: Uint8Array): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (const slice of slicesOf(body, SLICE_BYTES)) {
    const text = otlpJson(slice).slice(OPEN.length, -CLOSE.length);
    parts.push(Buffer.from(`${parts.length === 0 ? OPEN : ','}${text}`));
    await new Promise((resolve) => setImmediate(resolve));
  }
  return Buffer.concat([...parts, Buffer.from(parts.length === 0 ? OPEN + CLOSE : CLOSE)]);
}

const IDS = new Set(['traceId', 'spanId', 'parentSpanId']);

export function otlpJson(body: Uint8Array): string {
  const { resourceSpans } = decodeTraces(body);
  return JSON.stringify({ resourceSpans: convert(resourceSpans) });
}

function convert(value: unknown, key = ''): unknown {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return IDS.has(key) ? bytesToHex(value) : base64(value);
  if (Array.isArray(value)) {
    return key === 'attributes'
      ? (value as KeyValue[]).map(pair)
      : value.map((one) => convert(one));
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name, one]) => !isDefault(name, one));
  return Object.fromEntries(entries.map(([name, one]) => [name, convert(one, name)]));
}

/** Proto3 leaves defaults out; `marks` is a field of our own that no client sends. */
function isDefault(name: string, value: unknown): boolean {
  if (name === 'marks' || value === undefined || value === 0 || value === '') return true;
  return (Array.isArray(value) || value instanceof Uint8Array) && value.length === 0;
}

function pair({ key, value }: KeyValue): unknown {
  return { key, value: anyValue(value) };
}

function anyValue(value: AnyValue): unknown {
  switch (value.type) {
    case 'string':
      return { stringValue: value.value };
    case 'bool':
      return { boolValue: value.value };
    case 'int':
      return { intValue: String(value.value) };
    case 'double':
      return { doubleValue: Number.isFinite(value.value) ? value.value : String(value.value) };
    case 'array':
      return { arrayValue: { values: value.value.map(anyValue) } };
    case 'kvlist':
      return { kvlistValue: { values: value.value.map(pair) } };
    case 'bytes':
      return { bytesValue: base64(value.value) };
    case 'empty':
      return {};
  }
}

/** A value as plain JSON, as people and systems without types of attributes read it. */
export function jsonOf(value: AnyValue): unknown {
  switch (value.type) {
    case 'array':
      return value.value.map(jsonOf);
    case 'kvlist':
      return Object.fromEntries(value.value.map((one) => [one.key, jsonOf(one.value)]));
    case 'bytes':
      return base64(value.value);
    case 'int':
      return Number(value.value);
    case 'empty':
      return null;
    default:
      return value.value;
  }
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
