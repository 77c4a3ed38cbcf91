/**
 * JSON text → values, without what JSON.parse alone would lose or let through.
 *
 * Integers of 16 digits and more (epoch nanoseconds, 64-bit values) become strings, because doubles
 * would round them; every 64-bit field takes strings. (Where text is wanted, such a number passes as
 * text, which harms nobody.) Nesting is bounded before anything is built.
 * Never knows: what the values mean.
 */

import { TranslateError } from './translate-error.ts';

declare class TextDecoder {
  constructor(label: string, options: { fatal: boolean });
  decode(bytes: Uint8Array): string;
}

/**
 * The deepest value that the walk can be set to allow has 64 levels; each takes four of JSON's
 * (`{"kvlistValue":{"values":[{"value":…`), and twelve stand above the first.
 */
const DEPTH_MAX = 512;
/** 2⁵³ has 16 digits: shorter integers are exact as doubles. */
const EXACT_DIGITS_MAX = 15;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;

/**
 * Parses the text or UTF-8 bytes of a JSON document.
 *
 * @throws TranslateError when it is no UTF-8, no JSON, or nested too deep.
 */
export function parseJson(json: string | Uint8Array): unknown {
  const text = typeof json === 'string' ? json : decode(json);
  const exact = quoteLongIntegers(text);
  try {
    return JSON.parse(exact);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new TranslateError('', `found malformed JSON (${problem})`, { cause });
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new TranslateError('', 'found bytes that are no UTF-8, wanted JSON text', { cause });
  }
}

function quoteLongIntegers(text: string): string {
  const pieces: string[] = [];
  let copied = 0;
  let depth = 0;
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = stringEnd(text, at);
    } else if (isDigit(code)) {
      const end = numberEnd(text, at);
      if (end - at > EXACT_DIGITS_MAX && isInteger(text, at, end)) {
        const from = text.charCodeAt(at - 1) === MINUS ? at - 1 : at;
        pieces.push(text.slice(copied, from), '"', text.slice(from, end), '"');
        copied = end;
      }
      at = end;
    } else {
      // '[' and '{' differ in one bit, and so do ']' and '}'.
      if ((code | 0x20) === 0x7b) depth += 1;
      else if ((code | 0x20) === 0x7d) depth -= 1;
      if (depth > DEPTH_MAX) {
        const problem = `found JSON nested deeper than ${DEPTH_MAX} levels at character ${at}`;
        throw new TranslateError('', problem);
      }
      at += 1;
    }
  }
  return pieces.length === 0 ? text : pieces.join('') + text.slice(copied);
}

/** The position after the string that starts at `at`; the text's end when it never closes. */
function stringEnd(text: string, at: number): number {
  let end = at;
  for (;;) {
    end = text.indexOf('"', end + 1);
    if (end < 0) {
      return text.length;
    }
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === BACKSLASH) {
      escapes += 1;
    }
    if (escapes % 2 === 0) {
      return end + 1;
    }
  }
}

/** The position after the number that has a digit at `at`, fraction and exponent included. */
function numberEnd(text: string, at: number): number {
  let end = at + 1;
  while (isDigit(text.charCodeAt(end)) || '.eE+-'.includes(text.charAt(end) || ' ')) {
    end += 1;
  }
  return end;
}

/** Whether `at … end` is digits only. Leading zeros are no JSON, and stay to be found by the parser. */
function isInteger(text: string, at: number, end: number): boolean {
  for (let i = at; i < end; i += 1) {
    if (!isDigit(text.charCodeAt(i))) {
      return false;
    }
  }
  return text[at] !== '0';
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
