/**
 * Attributes → KeyValue messages. Keys and values that come again are copied instead of encoded.
 *
 * Services repeat a few hundred keys, and most of their values. Each key remembers its encoded head
 * and its last two texts with their bytes; a key whose values never repeat stops learning. All of it
 * is bounded. Never knows: spans.
 */

import type { AttributeList } from '../attribute-list.ts';
import type { Value } from '../attribute-value.ts';
import type { SpanBytes } from './span-bytes.ts';

const KEYS_MAX = 4096;
const KEY_CHARS_MAX = 128;
const VALUE_CHARS_MAX = 85;
/** After so many misses without a hit a key's values count as unique. */
const MISSES_MAX = 64;
const VALUE_TAG = 0x12;

class Key {
  head: Uint8Array;
  misses = 0;
  text1: string | undefined = undefined;
  bytes1: Uint8Array | undefined = undefined;
  text2: string | undefined = undefined;
  bytes2: Uint8Array | undefined = undefined;

  constructor(text: string) {
    const utf8 = Buffer.from(text);
    const length =
      utf8.length < 128 ? [utf8.length] : [(utf8.length & 127) | 128, utf8.length >> 7];
    this.head = Uint8Array.from([0x0a, ...length, ...utf8, VALUE_TAG]);
  }
}

const keys = new Map<string, Key>();

function keyOf(text: string): Key {
  const known = keys.get(text);
  if (known !== undefined) return known;
  const made = new Key(text);
  if (text.length > KEY_CHARS_MAX) return made;
  if (keys.size >= KEYS_MAX) keys.clear();
  keys.set(text, made);
  return made;
}

/** Every attribute as field `tag` (one byte, with its wire type). */
export function encodeList(out: SpanBytes, tag: number, list: AttributeList): void {
  const { slots, used } = list;
  for (let at = 0; at < used; at += 2) {
    encodeAttribute(out, tag, slots[at] as string, slots[at + 1] as Value);
  }
}

/** The same of an object, as readers of the stock SDK may have left it. */
export function encodeObject(out: SpanBytes, tag: number, attributes: object): void {
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) encodeAttribute(out, tag, key, value as Value);
  }
}

export function encodeAttribute(out: SpanBytes, tag: number, name: string, value: Value): void {
  const key = keyOf(name);
  out.room(key.head.length + 24);
  if (typeof value === 'string' && value.length <= VALUE_CHARS_MAX && key.misses < MISSES_MAX) {
    encodeLearned(out, tag, key, value);
    return;
  }
  out.byte(tag);
  const pair = out.open();
  out.raw(key.head);
  encodeValue(out, value);
  out.close(pair);
}

function encodeLearned(out: SpanBytes, tag: number, key: Key, value: string): void {
  if (key.text1 === value) {
    key.misses = 0;
    out.raw(key.bytes1!);
    return;
  }
  if (key.text2 === value) {
    key.misses = 0;
    out.raw(key.bytes2!);
    return;
  }
  key.misses += 1;
  const from = out.at;
  out.byte(tag);
  const pair = out.open();
  out.raw(key.head);
  encodeValue(out, value);
  out.close(pair);
  key.text2 = key.text1;
  key.bytes2 = key.bytes1;
  key.text1 = value;
  key.bytes1 = Uint8Array.prototype.slice.call(out.bytes, from, out.at);
}

/** The length and the fields of an AnyValue; the caller wrote its tag. */
function encodeValue(out: SpanBytes, value: Value): void {
  out.room(24);
  const mark = out.open();
  switch (typeof value) {
    case 'string':
      out.byte(0x0a);
      out.text(value);
      break;
    case 'boolean':
      out.byte(0x10);
      out.byte(value ? 1 : 0);
      break;
    case 'number':
      encodeNumber(out, value);
      break;
    case 'bigint':
      out.byte(0x18);
      out.int64(value);
      break;
    default:
      encodeNested(out, value);
  }
  out.close(mark);
}

function encodeNumber(out: SpanBytes, value: number): void {
  if (Number.isSafeInteger(value)) {
    out.byte(0x18);
    out.int64(value);
  } else {
    out.byte(0x21);
    out.double(value);
  }
}

function encodeNested(out: SpanBytes, value: Value): void {
  if (typeof value !== 'object' || value === null) return;
  if (value instanceof Uint8Array) {
    out.byte(0x3a);
    out.block(value);
    return;
  }
  const isArray = Array.isArray(value);
  out.byte(isArray ? 0x2a : 0x32);
  const mark = out.open();
  if (!isArray) encodeObject(out, 0x0a, value);
  else {
    for (const one of value as readonly Value[]) {
      out.room(8);
      out.byte(0x0a);
      encodeValue(out, one);
    }
  }
  out.close(mark);
}
