/**
 * The fields of a message that is being mended: read into lists by number, written one by one.
 *
 * Never knows: which message it is.
 */

import { FIXED32, FIXED64, LENGTH, VARINT } from './fields.ts';
import { KEPT_MAX } from './limits.ts';
import type { Mark } from './marks.ts';
import { type Mending, note, type Slice } from './mending.ts';
import { createReader, type Reader } from './reader.ts';
import { bytesToText, isText, textCut, textToBytes } from './text.ts';
import { varintLow32, varintValue } from './varint.ts';
import type { Writer } from './writer.ts';

const UINT32_MAX = 0xffffffff;

/** The values of one field: the first ones in order, how many there were, and the last one. */
export interface Values {
  readonly kept: Slice[];
  count: number;
  last: Slice;
}

export type Fields = ReadonlyMap<number, Values>;

/** Reads a message but for the fields of `without`, which the caller reads one by one. */
export function collectFields({ source, at, end }: Slice, without = 0): Fields {
  const fields = new Map<number, Values>();
  for (const reader = createReader(source, at, end); reader.next(); ) {
    if (reader.field !== without) {
      collect(fields, reader.field, valueSlice(reader));
    }
  }
  return fields;
}

function collect(fields: Map<number, Values>, field: number, value: Slice): void {
  const values = fields.get(field);
  if (values === undefined) {
    fields.set(field, { kept: [value], count: 1, last: value });
    return;
  }
  values.count += 1;
  values.last = value;
  if (values.kept.length < KEPT_MAX) {
    values.kept.push(value);
  }
}

/** The value of the field that the reader stands on. */
export function valueSlice(reader: Reader): Slice {
  return { source: reader.source, at: reader.valueAt, end: reader.valueEnd };
}

/** The value of a singular field: the last one given. */
export function lastOf(mending: Mending, fields: Fields, field: number): Slice | undefined {
  const values = fields.get(field);
  if (values !== undefined && values.count > 1) {
    note(mending, 'repeated_field');
  }
  return values?.last;
}

/**
 * The value of a singular message: all that were given, joined, as protobuf merges them. Of more
 * than a thousand only the first are looked at.
 */
export function mergedOf(mending: Mending, fields: Fields, field: number): Slice | undefined {
  const values = fields.get(field);
  if (values === undefined) {
    return undefined;
  }
  if (values.count > 1) {
    note(mending, 'repeated_field');
  }
  return joined(values.kept);
}

export function joined(slices: readonly Slice[]): Slice {
  if (slices.length === 1) {
    return slices[0]!;
  }
  const size = slices.reduce((sum, slice) => sum + slice.end - slice.at, 0);
  const source = new Uint8Array(size);
  let at = 0;
  for (const slice of slices) {
    source.set(slice.source.subarray(slice.at, slice.end), at);
    at += slice.end - slice.at;
  }
  return { source, at: 0, end: size };
}

/** The number of a fixed64 field, 0 when absent. */
export function fixed64Of(mending: Mending, fields: Fields, field: number): bigint {
  const value = lastOf(mending, fields, field);
  return value === undefined ? 0n : fixed64At(value);
}

export function fixed64At({ source, at }: Slice): bigint {
  return new DataView(source.buffer, source.byteOffset + at, 8).getBigUint64(0, true);
}

/** Writes a bytes field as it was given. */
export function writeBytes(mending: Mending, fields: Fields, field: number): void {
  const value = lastOf(mending, fields, field);
  if (value !== undefined) {
    mending.out.slice(field, value.source, value.at, value.end);
  }
}

export function writeFixed32(mending: Mending, fields: Fields, field: number): void {
  const value = lastOf(mending, fields, field);
  if (value !== undefined) {
    const { source, at } = value;
    const view = new DataView(source.buffer, source.byteOffset + at, 4);
    mending.out.fixed32(field, view.getUint32(0, true));
  }
}

/** Writes an enum, as 0 when it is none of 0 … `most`. */
export function writeEnum(mending: Mending, fields: Fields, field: number, most: number): void {
  const value = lastOf(mending, fields, field);
  if (value === undefined) {
    return;
  }
  const number = varintLow32(value.source, value.at, value.end);
  if (number > most) {
    note(mending, 'unknown_enum');
  }
  writeNumber(mending.out, field, number > most ? 0 : number);
}

/** Writes a dropped count, raised by what was dropped here. */
export function writeCount(mending: Mending, fields: Fields, field: number, more: number): void {
  const value = lastOf(mending, fields, field);
  let number = 0;
  if (value !== undefined) {
    number = varintLow32(value.source, value.at, value.end);
    if (BigInt(number) !== varintValue(value.source, value.at, value.end)) {
      note(mending, 'number_reduced');
    }
  }
  writeNumber(mending.out, field, Math.min(number + more, UINT32_MAX));
}

/** Writes a number, unless it is the default. */
export function writeNumber(out: Writer, field: number, value: number): void {
  if (value !== 0) {
    out.varint(field, value);
  }
}

/** How long a text may be, and the mark for one that is longer. */
export interface TextRule {
  readonly bytesMax: number;
  readonly mark: Mark;
}

/** Writes a text field, its bad bytes replaced, shortened to what is allowed. */
export function writeText(mending: Mending, fields: Fields, field: number, rule: TextRule): void {
  const value = lastOf(mending, fields, field);
  if (value !== undefined) {
    writeTextOf(mending, field, value, rule);
  }
}

export function writeTextOf(mending: Mending, field: number, text: Slice, rule: TextRule): void {
  let { source, at, end } = text;
  if (end - at > rule.bytesMax) {
    note(mending, rule.mark);
    end = textCut(source, at, end, rule.bytesMax);
  }
  if (!isText(source, at, end)) {
    note(mending, 'text_repaired');
    source = textToBytes(bytesToText(source, at, end));
    at = 0;
    // A bad byte becomes the three of U+FFFD, so the text may now be too long.
    end = textCut(source, 0, source.length, rule.bytesMax);
  }
  mending.out.slice(field, source, at, end);
}

/** Copies the fields whose numbers are not among `known`. */
export function copyUnknown(mending: Mending, message: Slice, known: readonly number[]): void {
  const { source, at, end } = message;
  for (const reader = createReader(source, at, end); reader.next(); ) {
    if (!known.includes(reader.field)) {
      copyField(mending.out, reader);
    }
  }
}

/** Copies the field that the reader stands on, its tag and varint in their shortest form. */
export function copyField(out: Writer, reader: Reader): void {
  switch (reader.wireType) {
    case VARINT:
      out.varint64(reader.field, reader.uint64());
      return;
    case FIXED64:
      out.fixed64(reader.field, reader.fixed64());
      return;
    case FIXED32:
      out.fixed32(reader.field, reader.fixed32());
      return;
    case LENGTH:
      out.slice(reader.field, reader.source, reader.valueAt, reader.valueEnd);
      return;
  }
}
