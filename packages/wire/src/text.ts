/**
 * UTF-8: text to bytes and back, and where text may be cut.
 *
 * TextEncoder and TextDecoder stand in every JavaScript runtime but not in the language's own
 * library, hence the two declarations. Never knows: protobuf.
 */

declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
  encodeInto(text: string, into: Uint8Array): { read: number; written: number };
}
declare class TextDecoder {
  constructor(label: string, options: { fatal?: boolean; ignoreBOM?: boolean });
  decode(bytes: Uint8Array): string;
}

const encoder = new TextEncoder();
// Without ignoreBOM a leading U+FEFF of a value would vanish.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Up to this length a loop over char codes beats the call into the runtime (measured: ~ 40). */
const SHORT = 40;

/** The text as UTF-8; lone surrogates become U+FFFD. */
export function textToBytes(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/**
 * Writes `text` as UTF-8 at `at`, which must have room for three bytes per char code.
 * Returns the position after it.
 */
export function writeText(text: string, into: Uint8Array, at: number): number {
  if (text.length <= SHORT) {
    let i = 0;
    for (; i < text.length; i += 1) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) {
        break;
      }
      into[at + i] = code;
    }
    if (i === text.length) {
      return at + i;
    }
  }
  return at + encoder.encodeInto(text, into.subarray(at)).written;
}

/** The bytes `at … end` as text; bytes that are no UTF-8 become U+FFFD. */
export function bytesToText(bytes: Uint8Array, at = 0, end = bytes.length): string {
  if (end - at <= SHORT) {
    let text = '';
    let i = at;
    for (; i < end && bytes[i]! < 0x80; i += 1) {
      text += String.fromCharCode(bytes[i]!);
    }
    if (i === end) {
      return text;
    }
  }
  return decoder.decode(bytes.subarray(at, end));
}

/** Whether the bytes `at … end` are well-formed UTF-8. Plain ASCII takes the short way. */
export function isText(bytes: Uint8Array, at: number, end: number): boolean {
  let i = at;
  const last = end - 3;
  while (i < last && (bytes[i]! | bytes[i + 1]! | bytes[i + 2]! | bytes[i + 3]!) < 0x80) {
    i += 4;
  }
  while (i < end && bytes[i]! < 0x80) {
    i += 1;
  }
  return i === end || isWideText(bytes, i, end);
}

/** The well-formed sequences of Table 3-7 of the Unicode Standard: no overlong forms, no surrogates. */
function isWideText(bytes: Uint8Array, at: number, end: number): boolean {
  let i = at;
  while (i < end) {
    const lead = bytes[i]!;
    if (lead < 0x80) {
      i += 1;
      continue;
    }
    const size = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    if (size === 0 || i + size > end) {
      return false;
    }
    const second = bytes[i + 1]!;
    const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    if (second < low || second > high) {
      return false;
    }
    for (let j = 2; j < size; j += 1) {
      if ((bytes[i + j]! & 0xc0) !== 0x80) {
        return false;
      }
    }
    i += size;
  }
  return true;
}

/** A character takes at most four bytes, so a cut moves back by at most three. */
const CUT_BACK_MAX = 3;

/** The last position not after `at + bytesMax` where the text `at … end` may be cut. */
export function textCut(bytes: Uint8Array, at: number, end: number, bytesMax: number): number {
  if (end - at <= bytesMax) {
    return end;
  }
  const most = at + bytesMax;
  const least = Math.max(at, most - CUT_BACK_MAX);
  let cut = most;
  while (cut > least && (bytes[cut]! & 0xc0) === 0x80) {
    cut -= 1;
  }
  return (bytes[cut]! & 0xc0) === 0x80 ? most : cut;
}
