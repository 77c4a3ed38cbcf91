/**
 * Spans as foreign protocols bring them, one after another and each with its own sender → OTLP's grouping by
 * resource and scope.
 *
 * Never knows: which protocol it was.
 */

import { createWriter, type Writer, walkLimits } from '@clew/wire';
import { TranslateError } from './translate-error.ts';

const SPANS_MAX = walkLimits.spansPerRequest;

export interface OtlpGroups {
  /**
   * Where the next span of that resource and scope is to be written, as field 2. `resourceKey` tells resources
   * apart; `writeResource` writes the fields of a `Resource` when the key is new.
   */
  spansOf(
    resourceKey: string,
    scope: { readonly name: string; readonly version: string },
    writeResource: (resource: Writer) => void,
  ): Writer;
  /** The `TracesData` of everything that was written. */
  finish(): Uint8Array<ArrayBuffer>;
}

/** A group's buffer at first. */
const GROUP_BYTES = 256;
/** A length and its tag take at most this. */
const HEAD_BYTES = 10;
/** The first buffer is as large as the body, which holds nearly always everything; but not of any size. */
const FIRST_BYTES_MAX = 1024 * 1024;

interface Group {
  /** The fields of the `Resource`. */
  readonly resource: Writer;
  /** The fields of each `ScopeSpans`. */
  readonly scopes: Map<string, Writer>;
}

/**
 * `bytes` is the length of the body, from which the length of the result is guessed: growing a buffer costs more
 * than filling it.
 *
 * As many spans as the walk takes of one request are taken here, so that a body of countless spans, each with a
 * sender of its own, cannot ask for a buffer for each.
 */
export function createOtlpGroups(bytes: number, spansMax = SPANS_MAX): OtlpGroups {
  const groups = new Map<string, Group>();
  let spans = 0;
  let lastKey: string | undefined;
  let lastScope = '';
  let last: Writer | undefined;
  return {
    spansOf(resourceKey, { name, version }, writeResource) {
      spans += 1;
      if (spans > spansMax) {
        throw new TranslateError('', `found more than ${spansMax} spans, wanted smaller batches`);
      }
      const scopeKey = name === '' && version === '' ? '' : `${name}\u0000${version}`;
      if (last !== undefined && resourceKey === lastKey && scopeKey === lastScope) return last;
      const group = groupOf(groups, resourceKey, writeResource);
      const startBytes = spans === 1 ? Math.min(bytes, FIRST_BYTES_MAX) : 0;
      last = scopeOf(group, scopeKey, { name, version }, startBytes);
      lastKey = resourceKey;
      lastScope = scopeKey;
      return last;
    },
    finish() {
      const out = createWriter(lengthOf(groups.values()));
      for (const { resource, scopes } of groups.values()) {
        const mark = out.begin(1);
        out.message(1, resource);
        for (const scope of scopes.values()) out.message(2, scope);
        out.end(mark);
      }
      return out.take();
    },
  };
}

function groupOf(
  groups: Map<string, Group>,
  key: string,
  writeResource: (resource: Writer) => void,
): Group {
  const known = groups.get(key);
  if (known !== undefined) return known;
  const group: Group = { resource: createWriter(GROUP_BYTES), scopes: new Map() };
  writeResource(group.resource);
  groups.set(key, group);
  return group;
}

function scopeOf(
  { scopes }: Group,
  key: string,
  { name, version }: { readonly name: string; readonly version: string },
  startBytes: number,
): Writer {
  const known = scopes.get(key);
  if (known !== undefined) return known;
  const spans = createWriter(Math.max(startBytes, GROUP_BYTES));
  writeScope(spans, name, version);
  scopes.set(key, spans);
  return spans;
}

/** Room for all of it, heads included. */
function lengthOf(groups: Iterable<Group>): number {
  let length = 0;
  for (const { resource, scopes } of groups) {
    length += resource.length + 3 * HEAD_BYTES;
    for (const scope of scopes.values()) length += scope.length + 2 * HEAD_BYTES;
  }
  return length + 2 * HEAD_BYTES;
}

function writeScope(spans: Writer, name: string, version: string): void {
  if (name === '' && version === '') return;
  const mark = spans.begin(1);
  if (name !== '') spans.string(1, name);
  if (version !== '') spans.string(2, version);
  spans.end(mark);
}
