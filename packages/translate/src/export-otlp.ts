/**
 * OTLP bytes as plain spans with their resource and scope, for writing them in somebody else's form.
 *
 * The objects are those of OTLP/JSON: ids in hex, 64-bit integers as text. For exports, which are as fast as a file is
 * read; never for what is received.
 */

import { otlpJson } from './to-otlp-json.ts';

export interface ExportValue {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: string;
  readonly doubleValue?: number | string;
  readonly arrayValue?: { readonly values?: readonly ExportValue[] };
  readonly kvlistValue?: { readonly values?: readonly ExportAttribute[] };
  readonly bytesValue?: string;
}

export interface ExportAttribute {
  readonly key?: string;
  readonly value?: ExportValue;
}

export interface ExportEvent {
  readonly timeUnixNano?: string;
  readonly name?: string;
  readonly attributes?: readonly ExportAttribute[];
  readonly droppedAttributesCount?: number;
}

export interface ExportLink {
  readonly traceId?: string;
  readonly spanId?: string;
  readonly traceState?: string;
  readonly attributes?: readonly ExportAttribute[];
  readonly droppedAttributesCount?: number;
  readonly flags?: number;
}

export interface ExportSpan {
  readonly traceId?: string;
  readonly spanId?: string;
  readonly traceState?: string;
  readonly parentSpanId?: string;
  readonly name?: string;
  readonly kind?: number;
  readonly startTimeUnixNano?: string;
  readonly endTimeUnixNano?: string;
  readonly attributes?: readonly ExportAttribute[];
  readonly droppedAttributesCount?: number;
  readonly events?: readonly ExportEvent[];
  readonly droppedEventsCount?: number;
  readonly links?: readonly ExportLink[];
  readonly droppedLinksCount?: number;
  readonly status?: { readonly code?: number; readonly message?: string };
  readonly flags?: number;
}

export interface ExportScope {
  readonly name?: string;
  readonly version?: string;
  readonly attributes?: readonly ExportAttribute[];
}

/** A span and where it came from. Spans of one resource share the object. */
export interface Exported {
  readonly span: ExportSpan;
  readonly scope: ExportScope;
  readonly resource: readonly ExportAttribute[];
}

interface TracesJson {
  readonly resourceSpans: readonly {
    readonly resource?: { readonly attributes?: readonly ExportAttribute[] };
    readonly scopeSpans?: readonly {
      readonly scope?: ExportScope;
      readonly spans?: readonly ExportSpan[];
    }[];
  }[];
}

/** @throws WireError when the bytes are no OTLP. */
export function exportedSpans(otlp: Uint8Array): Exported[] {
  const { resourceSpans } = JSON.parse(otlpJson(otlp)) as TracesJson;
  return resourceSpans.flatMap(({ resource, scopeSpans = [] }) => {
    const attributes = resource?.attributes ?? [];
    return scopeSpans.flatMap(({ scope = {}, spans = [] }) =>
      spans.map((span) => ({ span, scope, resource: attributes })),
    );
  });
}

/** The value as JSON has it: 64-bit integers that fit become numbers, bytes stay base64. */
export function jsonValue(value: ExportValue = {}): unknown {
  if (value.intValue !== undefined) {
    const number = Number(value.intValue);
    return Number.isSafeInteger(number) ? number : value.intValue;
  }
  if (value.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(jsonValue);
  if (value.kvlistValue !== undefined) return jsonObject(value.kvlistValue.values ?? []);
  return value.stringValue ?? value.boolValue ?? value.doubleValue ?? value.bytesValue ?? null;
}

export function jsonObject(attributes: readonly ExportAttribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key = '', value }) => [key, jsonValue(value)]));
}

/** The value where only text will do: strings as they are, everything else as JSON. */
export function plainText(value: ExportValue = {}): string {
  const plain = jsonValue(value);
  return typeof plain === 'string' ? plain : JSON.stringify(plain);
}

/** Whole microseconds since the epoch, cut. */
export function microsecondsOf(nanoseconds: string | bigint = '0'): number {
  return Number(BigInt(nanoseconds) / 1000n);
}

/** The text of an attribute, or ''. */
export function textAttribute(attributes: readonly ExportAttribute[], wanted: string): string {
  const found = attributes.find(({ key }) => key === wanted);
  return found === undefined ? '' : plainText(found.value);
}
