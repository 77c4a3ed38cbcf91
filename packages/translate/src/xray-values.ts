/**
 * What an X-Ray document's JSON may hold where something else was wanted.
 */

import type { JsonObject } from './json-fields.ts';

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
