/**
 * Attribute values as plain text, for products that know strings only: what OpenTelemetry calls the string form of a
 * value, https://opentelemetry.io/docs/specs/otel/common/#mapping-any-value-to-string.
 *
 * Never knows: which product.
 */
import type { Attribute } from '@clew/query';
import type { AnyValue } from '@clew/wire/decode';
import { base64, treeOf } from './native/value-json.ts';

export function plainText(attribute: Attribute): string {
  return textOf(treeOf(attribute));
}

/** `{"key":value,…}`: several attributes as one text. */
export function plainJson(attributes: readonly Attribute[]): string {
  const members = attributes.map((each) => ({ key: each.key, value: treeOf(each) }));
  return memberJson({ type: 'kvlist', value: members });
}

function textOf(value: AnyValue): string {
  switch (value.type) {
    case 'string':
      return value.value;
    case 'bytes':
      return base64(value.value);
    case 'array':
    case 'kvlist':
      return memberJson(value);
    case 'empty':
      return '';
    default:
      return String(value.value);
  }
}

/** JSON of a nested value. Integers keep all their digits; what JSON lacks (NaN, bytes) is a string. */
function memberJson(value: AnyValue): string {
  switch (value.type) {
    case 'array':
      return `[${value.value.map(memberJson).join(',')}]`;
    case 'kvlist': {
      const members = value.value.map(
        (each) => `${JSON.stringify(each.key)}:${memberJson(each.value)}`,
      );
      return `{${members.join(',')}}`;
    }
    case 'int':
    case 'bool':
      return String(value.value);
    case 'double':
      return Number.isFinite(value.value) ? String(value.value) : `"${value.value}"`;
    case 'empty':
      return 'null';
    default:
      return JSON.stringify(textOf(value));
  }
}
