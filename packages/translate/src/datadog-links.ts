/**
 * Links of a Datadog span: its own field, or the JSON in `meta["_dd.span_links"]`.
 *
 * Never knows: the rest of the span.
 */

import {
  hexToBytes,
  type PlainValue,
  SPAN_ID_BYTES,
  TRACE_ID_BYTES,
  type Writer,
} from '@clew/wire';
import { writePairs } from './datadog-events.ts';
import { integerOf, isTags, type Tags, textOf } from './datadog-values.ts';
import { parseJson } from './json-text.ts';

export interface DatadogLink {
  readonly traceId: Uint8Array;
  readonly spanId: Uint8Array;
  readonly traceState: string;
  readonly flags: number;
  readonly attributes: { readonly [key: string]: PlainValue };
}

export interface DatadogLinks {
  readonly links: readonly DatadogLink[];
  /** Whether the tag was understood; otherwise it stays an attribute. */
  readonly isMetaRead: boolean;
}

/** `field` is the value of `span_links`, `text` that of the tag. */
export function linksOf(field: unknown, text: string | undefined): DatadogLinks {
  const own = Array.isArray(field) ? field.filter(isTags).map(fieldLink) : [];
  const fromMeta = text === undefined ? undefined : metaLinks(text);
  return {
    links: fromMeta === undefined ? own : [...own, ...fromMeta],
    isMetaRead: fromMeta !== undefined,
  };
}

export function writeLinks(writer: Writer, links: readonly DatadogLink[]): void {
  for (const { traceId, spanId, traceState, flags, attributes } of links) {
    const mark = writer.begin(13);
    writer.bytes(1, traceId);
    writer.bytes(2, spanId);
    if (traceState !== '') writer.string(3, traceState);
    writePairs(writer, 4, attributes);
    if (flags !== 0) writer.fixed32(6, flags);
    writer.end(mark);
  }
}

function fieldLink(link: Tags): DatadogLink {
  return {
    traceId: idBytes(integerOf(link['trace_id_high']), integerOf(link['trace_id'])),
    spanId: idBytes(integerOf(link['span_id'])),
    ...rest(link),
  };
}

/** Undefined when the text is no array of links, as after the 25,000 characters where it is cut. */
function metaLinks(text: string): DatadogLink[] | undefined {
  let values: unknown;
  try {
    values = parseJson(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(values) || !values.every(isTags)) return undefined;
  const links = values.map((link) => ({
    traceId: hexId(link['trace_id'], TRACE_ID_BYTES),
    spanId: hexId(link['span_id'], SPAN_ID_BYTES),
    ...rest(link),
  }));
  return links.every(({ traceId, spanId }) => traceId && spanId)
    ? (links as DatadogLink[])
    : undefined;
}

function rest(link: Tags): Pick<DatadogLink, 'traceState' | 'flags' | 'attributes'> {
  return {
    traceState: textOf(link['tracestate']),
    // Bit 31 says that there are flags; the lowest eight are those of W3C.
    flags: Number(integerOf(link['flags']) & 0xffn),
    attributes: (isTags(link['attributes']) ? link['attributes'] : {}) as {
      [key: string]: PlainValue;
    },
  };
}

function idBytes(...words: readonly bigint[]): Uint8Array {
  const bytes = new Uint8Array(8 * words.length);
  const view = new DataView(bytes.buffer);
  for (const [at, word] of words.entries()) view.setBigUint64(8 * at, word);
  return bytes;
}

/** Ids in fewer digits are meant as numbers. */
function hexId(value: unknown, size: number): Uint8Array | undefined {
  const text = textOf(value);
  const bytes = text === '' ? undefined : hexToBytes(text.padStart(2 * size, '0'));
  return bytes?.length === size ? bytes : undefined;
}
