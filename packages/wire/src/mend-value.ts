/**
 * Mending attributes: keys, values, and values in values.
 *
 * Never knows: what an attribute belongs to.
 */

import { KEPT_MAX } from './limits.ts';
import {
  collectFields,
  copyField,
  copyUnknown,
  fixed64At,
  joined,
  mergedOf,
  type Values,
  valueSlice,
  writeText,
  writeTextOf,
} from './mend-fields.ts';
import { isClean, type Mending, note, type Slice } from './mending.ts';
import { createReader, type Reader } from './reader.ts';
import { createWriter } from './writer.ts';

const ARRAY = 5;
const KVLIST = 6;
const BYTES = 7;
/** Below this no element of a list is worth starting: tags and lengths alone take about as much. */
const ROOM_MIN = 16;

/** How many attributes a message may have, and how many bytes they may take together. */
export interface AttributeRule {
  readonly most: number;
  readonly bytesMax: number;
}

/**
 * Writes attributes as `field`, in order, leaving out those past `most` and those that do not fit
 * the bytes that are left. Returns how many were left out.
 */
export function mendAttributes(
  mending: Mending,
  field: number,
  attributes: Values | undefined,
  rule: AttributeRule,
): number {
  const { out } = mending;
  const count = attributes?.count ?? 0;
  let written = 0;
  let left = rule.bytesMax;
  for (const attribute of attributes?.kept ?? []) {
    if (written === rule.most) break;
    const before = out.length;
    const bytes = mendAttribute(mending, field, attribute);
    if (bytes > left) {
      out.rewind(before);
    } else {
      left -= bytes;
      written += 1;
    }
  }
  if (written < count) {
    note(mending, 'attributes_cut', count - written);
  }
  return count - written;
}

/** Writes one attribute; returns the bytes of its content. */
function mendAttribute(mending: Mending, field: number, attribute: Slice): number {
  const { source, at, end } = attribute;
  if (isClean(mending, 'attribute', attribute)) {
    mending.out.slice(field, source, at, end);
    return end - at;
  }
  return mendKeyValue(mending, field, attribute, { depth: 1, room: mending.limits.valueBytes });
}

/** Where in its attribute a value stands, and how many bytes it may take. */
interface Place {
  readonly depth: number;
  readonly room: number;
}

/** Writes a key and its value; returns the bytes of the content. */
function mendKeyValue(mending: Mending, field: number, pair: Slice, place: Place): number {
  const { out, limits } = mending;
  const fields = collectFields(pair);
  const mark = out.begin(field);
  writeText(mending, fields, 1, { bytesMax: limits.keyBytes, mark: 'key_cut' });
  const value = mergedOf(mending, fields, 2);
  if (value !== undefined) {
    // An attribute's key has room of its own; in a list, it takes from the list's.
    const keyBytes = place.depth > 1 ? out.length - mark : 0;
    mendValue(mending, 2, value, { ...place, room: Math.max(0, place.room - keyBytes) });
  }
  copyUnknown(mending, pair, [1, 2]);
  const bytes = out.length - mark - 1;
  out.end(mark);
  return bytes;
}

/** The member of an AnyValue that counts; a list given twice in a row is one list. */
interface Member {
  readonly field: number;
  readonly slices: Slice[];
  readonly varint: bigint;
}

function mendValue(mending: Mending, field: number, value: Slice, place: Place): void {
  const { out } = mending;
  let member: Member | undefined;
  const mark = out.begin(field);
  for (const reader = createReader(value.source, value.at, value.end); reader.next(); ) {
    if (reader.field > BYTES) {
      copyField(out, reader);
      continue;
    }
    if (member !== undefined) note(mending, 'repeated_field');
    const isList = reader.field === ARRAY || reader.field === KVLIST;
    if (isList && member?.field === reader.field) {
      if (member.slices.length < KEPT_MAX) member.slices.push(valueSlice(reader));
    } else {
      const varint = reader.wireType === 0 ? reader.uint64() : 0n;
      member = { field: reader.field, slices: [valueSlice(reader)], varint };
    }
  }
  if (member !== undefined) {
    mendMember(mending, member, place);
  }
  out.end(mark);
}

function mendMember(mending: Mending, member: Member, place: Place): void {
  const { out, limits } = mending;
  const last = member.slices[member.slices.length - 1]!;
  switch (member.field) {
    case 1:
      writeTextOf(mending, 1, last, { bytesMax: place.room, mark: 'value_cut' });
      return;
    case 2:
      out.bool(2, member.varint !== 0n);
      return;
    case 3:
      out.varint64(3, member.varint);
      return;
    case 4:
      out.fixed64(4, fixed64At(last));
      return;
    case BYTES:
      mendBytes(mending, last, place.room);
      return;
    default:
      if (place.depth >= limits.valueDepth) {
        flatten(mending, member, place.room);
      } else {
        mendList(mending, member, place);
      }
  }
}

function mendBytes(mending: Mending, { source, at, end }: Slice, room: number): void {
  if (end - at > room) {
    note(mending, 'value_cut');
  }
  mending.out.slice(BYTES, source, at, Math.min(end, at + room));
}

/** Keeps a list that is nested too deep as the bytes of an AnyValue, unread. */
function flatten(mending: Mending, member: Member, room: number): void {
  note(mending, 'value_flattened');
  const { source, at, end } = joined(member.slices);
  const writer = createWriter();
  writer.slice(member.field, source, at, end);
  const bytes = writer.finish();
  mendBytes(mending, { source: bytes, at: 0, end: bytes.length }, room);
}

/** Writes the elements of a list as far as they fit the room. */
function mendList(mending: Mending, member: Member, place: Place): void {
  const { out } = mending;
  const { source, at, end } = joined(member.slices);
  const mark = out.begin(member.field);
  const start = out.length;
  for (const reader = createReader(source, at, end); reader.next(); ) {
    const before = out.length;
    const left = place.room - (before - start);
    const fits = reader.valueEnd - reader.tagAt <= left;
    if (left >= ROOM_MIN) {
      mendElement(mending, member.field, reader, {
        depth: place.depth + 1,
        room: fits ? left : left - ROOM_MIN,
      });
    }
    if (left < ROOM_MIN || out.length - start > place.room) {
      out.rewind(before);
      note(mending, 'value_cut');
      break;
    }
  }
  out.end(mark);
}

function mendElement(mending: Mending, list: number, reader: Reader, place: Place): void {
  if (reader.field !== 1) {
    copyField(mending.out, reader);
  } else if (list === KVLIST) {
    mendKeyValue(mending, 1, valueSlice(reader), place);
  } else {
    mendValue(mending, 1, valueSlice(reader), place);
  }
}
