/**
 * Members of a parsed Zipkin document, each as its type or refused with its path.
 *
 * Null is absent, as for Zipkin's own parser; whole numbers may be texts of digits. Never knows: spans.
 */

import { shown, TranslateError } from './translate-error.ts';

/** Annotations or tags of one span; the walk over the result keeps far fewer. */
export const ANNOTATIONS_MAX = 65_536;

export type JsonObject = { readonly [name: string]: unknown };

/** Where in the document: `[3].localEndpoint`. Made only when something is wrong. */
export type Path = () => string;

export function refuse(path: Path, name: string, found: unknown, wanted: string): never {
  throw new TranslateError(`${path()}.${name}`, `found ${shown(found)}, wanted ${wanted}`);
}

/** Empty when absent. */
export function textOf(value: unknown, path: Path, name: string): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : refuse(path, name, value, 'a string');
}

/** Microseconds, a port: a whole number of at least zero; `undefined` when absent. */
export function countOf(value: unknown, path: Path, name: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !(number >= 0) || number > Number.MAX_SAFE_INTEGER) {
    return refuse(path, name, value, 'a whole number of at least 0');
  }
  return Math.floor(number);
}

export function boolOf(value: unknown, path: Path, name: string): boolean {
  if (typeof value === 'boolean') return value;
  return value === undefined || value === null ? false : refuse(path, name, value, 'true or false');
}

/** `undefined` when absent. */
export function objectOf(value: unknown, path: Path, name: string): JsonObject | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) {
    return refuse(path, name, value, 'an object');
  }
  return value as JsonObject;
}

/** Empty when absent. */
export function listOf(value: unknown, path: Path, name: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : refuse(path, name, value, 'a list');
}

/** A tag's value: Zipkin's parser takes numbers and booleans as their texts. */
export function tagText(value: unknown, path: Path, name: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return refuse(path, `tags.${name}`, value, 'a string');
}
