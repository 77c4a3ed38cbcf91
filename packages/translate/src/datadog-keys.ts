/**
 * The keys of Datadog's maps: found by their bytes, with what each means worked out once.
 *
 * A tracer sends the same few dozen keys with every span, so what was seen stays in a table of fixed size. Never
 * knows: values.
 */

import { bytesToText, createWriter } from '@clew/wire';
import { attributeNames, integerTags } from './datadog-fields.ts';

/** What a tag is to us; a plain one is an attribute under its own name. */
export type Role =
  | 'plain'
  | 'integer'
  | 'service'
  | 'events'
  | 'links'
  | 'environment'
  | 'version'
  | 'instanceId'
  | 'language'
  | 'hostName'
  | 'processId'
  | 'traceHigh'
  | 'kind'
  | 'errorMessage'
  | 'errorStack'
  | 'errorType';

export interface Key {
  readonly bytes: Uint8Array;
  readonly text: string;
  readonly role: Role;
  /** The field `key` of a KeyValue, encoded: the attribute's name. */
  readonly field: Uint8Array;
}

export interface Keys {
  /** The key that `source` spells at `at … end`. */
  find(source: Uint8Array, at: number, end: number): Key;
}

const ROLES: ReadonlyMap<string, Role> = new Map([
  ['service', 'service'],
  ['events', 'events'],
  ['_dd.span_links', 'links'],
  ['env', 'environment'],
  ['version', 'version'],
  ['runtime-id', 'instanceId'],
  ['language', 'language'],
  ['_dd.hostname', 'hostName'],
  ['process_id', 'processId'],
  ['_dd.p.tid', 'traceHigh'],
  ['span.kind', 'kind'],
  ['error.message', 'errorMessage'],
  ['error.msg', 'errorMessage'],
  ['error.stack', 'errorStack'],
  ['error.type', 'errorType'],
]);

/** A power of two, and how many neighbouring slots are tried before a key takes the place of another. */
const SLOTS = 4096;
const TRIES = 4;
/** What is longer is no key of a tracer, and not kept. */
const KEPT_BYTES_MAX = 64;

export function createKeys(): Keys {
  const slots: (Key | undefined)[] = new Array(SLOTS).fill(undefined);
  return {
    find(source, at, end) {
      if (end - at > KEPT_BYTES_MAX) return keyOf(source.slice(at, end));
      const slot = hash(source, at, end);
      let place = slot & (SLOTS - 1);
      for (let tries = 0; tries < TRIES; tries += 1) {
        place = (slot + tries) & (SLOTS - 1);
        const found = slots[place];
        if (found === undefined) break;
        if (equals(found.bytes, source, at, end)) return found;
      }
      const key = keyOf(source.slice(at, end));
      slots[place] = key;
      return key;
    },
  };
}

const scratch = createWriter();

function keyOf(bytes: Uint8Array): Key {
  const text = bytesToText(bytes);
  const role = ROLES.get(text) ?? (integerTags.has(text) ? 'integer' : 'plain');
  const name = attributeNames.get(text);
  scratch.rewind(0);
  if (name === undefined) scratch.bytes(1, bytes);
  else scratch.string(1, name);
  return { bytes, text, role, field: scratch.finish() };
}

/** FNV-1a; a key takes some twenty steps. */
function hash(source: Uint8Array, at: number, end: number): number {
  let value = 0x811c9dc5;
  for (let i = at; i < end; i += 1) value = Math.imul(value ^ source[i]!, 0x01000193);
  return value ^ (value >>> 15);
}

function equals(bytes: Uint8Array, source: Uint8Array, at: number, end: number): boolean {
  if (bytes.length !== end - at) return false;
  for (let i = 0; i < bytes.length; i += 1) if (bytes[i] !== source[at + i]) return false;
  return true;
}
