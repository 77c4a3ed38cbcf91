/**
 * Base64, standard and url-safe, padded or not, as OTLP/JSON allows for bytes.
 *
 * Never knows: JSON.
 */

const STANDARD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

const VALUES = new Int8Array(128).fill(-1);
for (let i = 0; i < STANDARD.length; i += 1) {
  VALUES[STANDARD.charCodeAt(i)] = i;
}
VALUES['-'.charCodeAt(0)] = 62;
VALUES['_'.charCodeAt(0)] = 63;

/** The bytes that `text` spells, or `undefined` when it is no base64. */
export function fromBase64(text: string): Uint8Array | undefined {
  const digits = text.replace(/={1,2}$/, '');
  if (digits.length % 4 === 1 || (digits !== text && text.length % 4 !== 0)) {
    return undefined;
  }
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let at = 0;
  let bits = 0;
  let size = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const value = VALUES[digits.charCodeAt(i)] ?? -1;
    if (value < 0) {
      return undefined;
    }
    bits = ((bits << 6) | value) & 0xffff;
    size += 6;
    if (size >= 8) {
      size -= 8;
      bytes[at++] = bits >> size;
    }
  }
  return bytes;
}

/** The bytes as standard base64 with padding. */
export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const group = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += STANDARD[group >> 18]! + STANDARD[(group >> 12) & 63]!;
    text += left > 1 ? STANDARD[(group >> 6) & 63] : '=';
    text += left > 2 ? STANDARD[group & 63] : '=';
  }
  return text;
}
