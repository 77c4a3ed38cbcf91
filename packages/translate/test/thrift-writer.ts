/**
 * Thrift structs as plain values → bytes in either encoding, for tests that compare the two.
 */

export type ThriftValue =
  | { readonly i32: number }
  | { readonly i64: bigint }
  | { readonly double: number }
  | { readonly bool: boolean }
  | { readonly bytes: Uint8Array }
  | { readonly text: string }
  | { readonly structs: readonly ThriftStruct[] }
  | { readonly struct: ThriftStruct };

/** Field id and value, in the order of the wire. */
export type ThriftStruct = readonly (readonly [number, ThriftValue])[];

const utf8 = new TextEncoder();

export function binaryStruct(struct: ThriftStruct): Uint8Array {
  const out: number[] = [];
  for (const [id, value] of struct) {
    out.push(binaryType(value), id >> 8, id & 0xff);
    for (const byte of binaryValue(value)) out.push(byte);
  }
  return Uint8Array.from([...out, 0]);
}

export function binaryMessage(method: string, args: ThriftStruct): Uint8Array {
  const head = [0x80, 0x01, 0, 4, ...word(method.length), ...utf8.encode(method), ...word(0)];
  return Uint8Array.from([...head, ...binaryStruct(args)]);
}

function binaryType(value: ThriftValue): number {
  if ('i32' in value) return 8;
  if ('i64' in value) return 10;
  if ('double' in value) return 4;
  if ('bool' in value) return 2;
  if ('structs' in value) return 15;
  return 'struct' in value ? 12 : 11;
}

function binaryValue(value: ThriftValue): number[] {
  if ('i32' in value) return word(value.i32);
  if ('i64' in value) return long(value.i64, false);
  if ('double' in value) return double(value.double, false);
  if ('bool' in value) return [value.bool ? 1 : 0];
  if ('struct' in value) return [...binaryStruct(value.struct)];
  if ('structs' in value) {
    const each = value.structs.flatMap((struct) => [...binaryStruct(struct)]);
    return [12, ...word(value.structs.length), ...each];
  }
  const bytes = 'text' in value ? utf8.encode(value.text) : value.bytes;
  return [...word(bytes.length), ...bytes];
}

export function compactStruct(struct: ThriftStruct): Uint8Array {
  const out: number[] = [];
  let last = 0;
  for (const [id, value] of struct) {
    const type = compactType(value);
    const delta = id - last;
    if (delta > 0 && delta < 16) out.push((delta << 4) | type);
    else out.push(type, ...varint(zigzag(BigInt(id), 32n)));
    last = id;
    if ('bool' in value) continue;
    for (const byte of compactValue(value)) out.push(byte);
  }
  return Uint8Array.from([...out, 0]);
}

export function compactMessage(method: string, args: ThriftStruct): Uint8Array {
  const head = [0x82, 0x81, 0, method.length, ...utf8.encode(method)];
  return Uint8Array.from([...head, ...compactStruct(args)]);
}

function compactType(value: ThriftValue): number {
  if ('i32' in value) return 5;
  if ('i64' in value) return 6;
  if ('double' in value) return 7;
  if ('bool' in value) return value.bool ? 1 : 2;
  if ('structs' in value) return 9;
  return 'struct' in value ? 12 : 8;
}

function compactValue(value: Exclude<ThriftValue, { bool: boolean }>): number[] {
  if ('i32' in value) return varint(zigzag(BigInt(value.i32), 32n));
  if ('i64' in value) return varint(zigzag(value.i64, 64n));
  if ('double' in value) return double(value.double, true);
  if ('struct' in value) return [...compactStruct(value.struct)];
  if ('structs' in value) {
    const { length } = value.structs;
    const head = length < 15 ? [(length << 4) | 12] : [0xfc, ...varint(BigInt(length))];
    return [...head, ...value.structs.flatMap((struct) => [...compactStruct(struct)])];
  }
  const bytes = 'text' in value ? utf8.encode(value.text) : value.bytes;
  return [...varint(BigInt(bytes.length)), ...bytes];
}

function zigzag(value: bigint, bits: bigint): bigint {
  return BigInt.asUintN(Number(bits), (value << 1n) ^ (value >> (bits - 1n)));
}

function varint(value: bigint): number[] {
  const out: number[] = [];
  let rest = value;
  for (; rest > 0x7fn; rest >>= 7n) out.push(Number(rest & 0x7fn) | 0x80);
  return [...out, Number(rest)];
}

function word(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}

function long(value: bigint, isLittle: boolean): number[] {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigInt64(0, value, isLittle);
  return [...new Uint8Array(view.buffer)];
}

function double(value: number, isLittle: boolean): number[] {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value, isLittle);
  return [...new Uint8Array(view.buffer)];
}
