/**
 * Spans as foreign protocols bring them, one after another and each with its own sender → OTLP's grouping by
 * resource and scope.
 *
 * Never knows: which protocol it was.
 */

import { createWriter, type Writer, walkLimits } from '@clew/wire';
import { TranslateError } from './translate-error.ts';

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

/** A group's buffer at first; most requests have one group, which grows. */
const GROUP_BYTES = 256;

interface Group {
  /** Fields of a `ResourceSpans`. */
  readonly resource: Writer;
  readonly scopes: Map<string, Writer>;
}

/**
 * As many spans as the walk takes of one request are taken here, so that a body of countless spans, each with a
 * sender of its own, cannot ask for a buffer for each.
 */
export function createOtlpGroups(spansMax = walkLimits.spansPerRequest): OtlpGroups {
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
      last = scopeOf(group, scopeKey, name, version);
      lastKey = resourceKey;
      lastScope = scopeKey;
      return last;
    },
    finish() {
      const out = createWriter();
      for (const { resource, scopes } of groups.values()) {
        for (const scope of scopes.values()) resource.message(2, scope);
        out.message(1, resource);
      }
      return out.finish();
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
  const mark = group.resource.begin(1);
  writeResource(group.resource);
  group.resource.end(mark);
  groups.set(key, group);
  return group;
}

function scopeOf({ scopes }: Group, key: string, name: string, version: string): Writer {
  const known = scopes.get(key);
  if (known !== undefined) return known;
  const spans = createWriter(GROUP_BYTES);
  writeScope(spans, name, version);
  scopes.set(key, spans);
  return spans;
}

function writeScope(spans: Writer, name: string, version: string): void {
  if (name === '' && version === '') return;
  const mark = spans.begin(1);
  if (name !== '') spans.string(1, name);
  if (version !== '') spans.string(2, version);
  spans.end(mark);
}
