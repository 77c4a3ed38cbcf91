/**
 * Ids in hex → bytes of a fixed length, into a buffer that is used again.
 *
 * Never knows: what an id identifies.
 */

/**
 * Reads the hex digits (any case) of an id into `bytes`, zeros at its left. Returns whether it was one: at least one
 * digit and no more than fit.
 */
export function hexInto(hex: string, bytes: Uint8Array): boolean {
  const length = hex.length;
  if (length === 0 || length > 2 * bytes.length) return false;
  bytes.fill(0);
  let bad = 0;
  for (let i = 0; i < length; i += 1) {
    const digit = digitOf(hex.charCodeAt(length - 1 - i));
    bad |= digit;
    const at = bytes.length - 1 - (i >> 1);
    bytes[at] = bytes[at]! | (digit << ((i & 1) * 4));
  }
  return bad >= 0;
}

/** −1 for what is none, so that one look at the sign of all digits together tells. */
function digitOf(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
