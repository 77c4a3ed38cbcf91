/**
 * The search part of a URL as plain strings: the lowest layer of the address.
 *
 * The router's own serialiser writes JSON into the URL; people read, edit and paste these links, so parameters here are
 * what they look like. Never knows: what a parameter means.
 */

/** A repeated parameter is an array, a single one a string. An absent one is absent. */
export type RawSearch = Record<string, string | string[]>;

/** @param text with or without the leading `?`. Names that appear twice become arrays, in order. */
export function parseRawSearch(text: string): RawSearch {
  const raw: RawSearch = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const before = Object.hasOwn(raw, name) ? raw[name] : undefined;
    const next = before === undefined ? value : [before, value].flat();
    Object.defineProperty(raw, name, {
      value: next,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return raw;
}

/** The inverse: `?a=1&b=2`, or an empty string when there is nothing. Characters that read well stay as they are. */
export function formatRawSearch(raw: Readonly<Record<string, unknown>>): string {
  const parts: string[] = [];
  for (const [name, value] of Object.entries(raw)) {
    for (const one of [value].flat()) {
      if (typeof one === 'string') parts.push(`${encode(name)}=${encode(one)}`);
    }
  }
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

/** The last value of a parameter, which is what a person who appended to a link meant. */
export function single(raw: RawSearch, name: string): string | undefined {
  const value = Object.hasOwn(raw, name) ? raw[name] : undefined;
  return Array.isArray(value) ? value.at(-1) : value;
}

/** All values of a parameter. */
export function several(raw: RawSearch, name: string): string[] {
  const value = Object.hasOwn(raw, name) ? raw[name] : undefined;
  return value === undefined ? [] : [value].flat();
}

/** Percent-encoding that leaves `: / , @` readable. Half surrogate pairs cannot be encoded and become U+FFFD. */
function encode(text: string): string {
  const wellFormed = text.replace(/\p{Surrogate}/gu, '\ufffd');
  return encodeURIComponent(wellFormed).replace(/%(3A|2F|2C|40|20)/g, (code) =>
    code === '%20' ? '+' : decodeURIComponent(code),
  );
}
