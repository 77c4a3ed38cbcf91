/**
 * Trace and span ids: bytes inside, lower-case hex at the faces.
 *
 * Never knows: what an id identifies.
 */

export const TRACE_ID_BYTES = 16;
export const SPAN_ID_BYTES = 8;

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, '0'),
);

/** The bytes `at … end` as lower-case hex. */
export function bytesToHex(bytes: Uint8Array, at = 0, end = bytes.length): string {
  let hex = '';
  for (let i = at; i < end; i += 1) {
    hex += HEX[bytes[i]!];
  }
  return hex;
}

/** The bytes that `hex` (any case) spells, or `undefined` when it is no even run of hex digits. */
export function hexToBytes(hex: string): Uint8Array | undefined {
  if (hex.length % 2 !== 0) {
    return undefined;
  }
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i += 1) {
    const high = hexDigit(hex.charCodeAt(2 * i));
    const low = hexDigit(hex.charCodeAt(2 * i + 1));
    if (high < 0 || low < 0) {
      return undefined;
    }
    bytes[i] = high * 16 + low;
  }
  return bytes;
}

/** Whether the bytes `at … end` are all zero, as an invalid id's are. */
export function isZero(bytes: Uint8Array, at = 0, end = bytes.length): boolean {
  for (let i = at; i < end; i += 1) {
    if (bytes[i] !== 0) {
      return false;
    }
  }
  return true;
}

/** The value of one hex digit given as a character code, or −1. */
function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) {
    return code - 0x30;
  }
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
