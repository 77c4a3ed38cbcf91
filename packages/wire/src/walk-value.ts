/**
 * The walk inside an attribute: key, value, and values in values.
 *
 * See walk.ts. Never knows: what the attribute belongs to.
 */

import { depthMax, keyBytesMax, valueBytesMax } from './bounds.ts';
import {
  contentAt,
  enumeration,
  fail,
  isAscii,
  mend,
  once,
  open,
  short,
  shortValue,
  skip,
  source,
  text,
  varint,
} from './scan.ts';

/** Numbers of the fields that a message knows, as bits: any other wire type for them is wrong. */
const KNOWN_PAIR = 0b110;
const KNOWN_VALUE = 0b11111110;
const KNOWN_LIST = 0b10;

export function walkKeyValue(from: number, end: number, depth: number): boolean {
  if (isPlainKeyValue(from, end)) return true;
  let at = from;
  let seen = 0;
  while (at < end) {
    const tagAt = at;
    let tag = source[at++]!;
    if (tag > 0x7f) {
      at = short(tagAt, end);
      if (at < 0) return false;
      tag = shortValue;
    }
    if (tag === 0x0a) {
      seen = once(seen, 1, tagAt);
      at = text(at, end, keyBytesMax, 'key-length');
      if (at < 0) return false;
    } else if (tag === 0x12) {
      seen = once(seen, 2, tagAt);
      const stop = open(at, end);
      if (stop < 0 || !walkValue(contentAt, stop, depth)) return false;
      at = stop;
    } else {
      at = skip(at, end, tag, KNOWN_PAIR, tagAt);
      if (at < 0) return false;
    }
  }
  return true;
}

/**
 * The short way for what nearly every attribute is: a key and one small scalar, in this order and
 * short form. Whatever it does not recognise takes the long way; it halves the walk (see bench).
 */
function isPlainKeyValue(at: number, end: number): boolean {
  const bytes = source;
  const keyLength = bytes[at + 1]!;
  const valueAt = at + 2 + keyLength;
  const valueLength = end - valueAt - 2;
  if (bytes[at] !== 0x0a || keyLength > 0x7f || keyLength > keyBytesMax) return false;
  if (valueLength < 2 || valueLength > 0x7f || valueLength > valueBytesMax) return false;
  if (bytes[valueAt] !== 0x12 || bytes[valueAt + 1] !== valueLength) return false;
  const memberAt = valueAt + 3;
  switch (bytes[valueAt + 2]) {
    case 0x0a: // string_value: lengths below 128 are ASCII too, so one check does for all
      return bytes[memberAt] === valueLength - 2 && isAscii(at + 2, end);
    case 0x18: // int_value
      return varint(memberAt, end) === end && isAscii(at + 2, valueAt);
    case 0x21: // double_value
      return valueLength === 9 && isAscii(at + 2, valueAt);
    case 0x10: // bool_value
      return valueLength === 2 && bytes[memberAt]! <= 1 && isAscii(at + 2, valueAt);
    default:
      return false;
  }
}

function walkValue(from: number, end: number, depth: number): boolean {
  let at = from;
  let members = 0;
  while (at < end) {
    const tagAt = at;
    let tag = source[at++]!;
    if (tag > 0x7f) {
      at = short(tagAt, end);
      if (at < 0) return false;
      tag = shortValue;
    }
    let stop = 0;
    switch (tag) {
      case 0x0a: // string_value
        at = text(at, end, valueBytesMax, 'value-length');
        break;
      case 0x18: // int_value
        at = varint(at, end);
        break;
      case 0x21: // double_value
        if (at + 8 > end) return fail('truncated', tagAt) > 0;
        at += 8;
        break;
      case 0x10: // bool_value
        at = enumeration(at, end, 1);
        break;
      case 0x3a: // bytes_value
        stop = open(at, end);
        if (stop < 0) return false;
        if (stop - contentAt > valueBytesMax) mend('value-length', tagAt);
        at = stop;
        break;
      case 0x2a: // array_value
      case 0x32: // kvlist_value
        stop = open(at, end);
        if (stop < 0) return false;
        if (stop - contentAt > valueBytesMax) mend('value-length', tagAt);
        // Deeper content is never looked into: mending keeps it as bytes, whatever it is.
        if (depth >= depthMax) mend('value-depth', tagAt);
        else if (!walkList(contentAt, stop, depth + 1, tag === 0x32)) return false;
        at = stop;
        break;
      default:
        at = skip(at, end, tag, KNOWN_VALUE, tagAt);
        members -= 1;
    }
    if (at < 0) return false;
    if (++members > 1) mend('two-members', tagAt);
  }
  return true;
}

function walkList(from: number, end: number, depth: number, keyed: boolean): boolean {
  let at = from;
  while (at < end) {
    const tagAt = at;
    let tag = source[at++]!;
    if (tag > 0x7f) {
      at = short(tagAt, end);
      if (at < 0) return false;
      tag = shortValue;
    }
    if (tag === 0x0a) {
      const stop = open(at, end);
      if (stop < 0) return false;
      const whole = keyed
        ? walkKeyValue(contentAt, stop, depth)
        : walkValue(contentAt, stop, depth);
      if (!whole) return false;
      at = stop;
    } else {
      at = skip(at, end, tag, KNOWN_LIST, tagAt);
      if (at < 0) return false;
    }
  }
  return true;
}
