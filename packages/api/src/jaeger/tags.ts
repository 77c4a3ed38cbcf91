/**
 * Attributes as Jaeger's tags.
 * https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/jaeger/
 *
 * Never knows: whose attributes they are.
 */
import type { Attribute } from '@clew/query';
import { base64 } from '../native/value-json.ts';
import { plainText } from '../plain-text.ts';

export type Tag =
  | { readonly key: string; readonly type: 'string' | 'binary'; readonly value: string }
  | { readonly key: string; readonly type: 'bool'; readonly value: boolean }
  | { readonly key: string; readonly type: 'int64' | 'float64'; readonly value: number | string };

export function tagOf(attribute: Attribute): Tag {
  const { key } = attribute;
  switch (attribute.type) {
    case 'bool':
      return { key, type: 'bool', value: attribute.value };
    case 'int':
      return { key, type: 'int64', value: exactly(attribute.value) };
    case 'double':
      return { key, type: 'float64', value: finite(attribute.value) };
    case 'bytes':
      return { key, type: 'binary', value: base64(attribute.value) };
    default:
      return { key, type: 'string', value: plainText(attribute) };
  }
}

export function textTag(key: string, value: string): Tag {
  return { key, type: 'string', value };
}

/** Beyond 2⁵³ JavaScript would round, so Jaeger sends the digits as text. */
function exactly(digits: string): number | string {
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value : digits;
}

/** JSON has no NaN and no infinities. */
function finite(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}
