/**
 * W3C Baggage: names and values of the application that follow a request.
 *
 * What does not fit the limits is left out in whole pairs. Never knows: spans.
 * Source: https://www.w3.org/TR/baggage/
 */

import {
  type BaggageEntry,
  baggageEntryMetadataFromString,
  propagation,
  type TextMapPropagator,
} from '@opentelemetry/api';
import { isSuppressed } from '../context.ts';
import { all } from './carry.ts';

const FIELD = 'baggage';
const PAIRS_MAX = 180;
const PAIR_BYTES_MAX = 4096;
const BYTES_MAX = 8192;
/** A token of RFC 9110. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

export const baggage: TextMapPropagator = {
  inject(context, carrier, setter) {
    if (isSuppressed(context)) return;
    const entries = propagation.getBaggage(context)?.getAllEntries() ?? [];
    const text = serialize(entries);
    if (text !== '') setter.set(carrier, FIELD, text);
  },

  extract(context, carrier, getter) {
    const found = parse(all(getter, carrier, FIELD).join(','));
    if (Object.keys(found).length === 0) return context;
    return propagation.setBaggage(context, propagation.createBaggage(found));
  },

  fields: () => [FIELD],
};

function serialize(entries: readonly [string, BaggageEntry][]): string {
  let text = '';
  let count = 0;
  for (const [key, { value, metadata }] of entries) {
    if (!TOKEN.test(key) || count === PAIRS_MAX) continue;
    const properties = metadata?.toString();
    const pair = `${key}=${encodeBaggageValue(value)}${properties ? `;${properties}` : ''}`;
    const longer = text === '' ? pair : `${text},${pair}`;
    if (pair.length > PAIR_BYTES_MAX || longer.length > BYTES_MAX) continue;
    text = longer;
    count += 1;
  }
  return text;
}

export function encodeBaggageValue(value: string): string {
  // Through bytes, because a lone surrogate would make the encoding throw.
  return encodeURIComponent(Buffer.from(String(value)).toString());
}

function parse(text: string): Record<string, BaggageEntry> {
  const found: Record<string, BaggageEntry> = Object.create(null);
  if (text.length > BYTES_MAX) return found;
  for (const pair of text.split(',', PAIRS_MAX)) {
    const end = pair.indexOf(';');
    const [member, properties] = end < 0 ? [pair] : [pair.slice(0, end), pair.slice(end + 1)];
    const at = member.indexOf('=');
    const key = member.slice(0, at).trim();
    const value = decode(member.slice(at + 1).trim());
    if (at < 1 || !TOKEN.test(key) || value === undefined) continue;
    const metadata = properties?.trim();
    found[key] = metadata
      ? { value, metadata: baggageEntryMetadataFromString(metadata) }
      : { value };
  }
  return found;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
