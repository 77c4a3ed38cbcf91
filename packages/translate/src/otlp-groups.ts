/**
 * Spans as foreign protocols bring them, one after another and each with its own sender → OTLP's grouping by
 * resource and scope.
 *
 * Never knows: which protocol it was.
 */

import { createWriter, type Writer } from '@clew/wire';

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

/** Groups held open at once; a body of spans that are all of different senders must not take a buffer for each. */
const OPEN_MAX = 256;
/** A group's buffer at first; most requests have one group, which grows. */
const GROUP_BYTES = 512;

export const NO_SCOPE = { name: '', version: '' } as const;

interface Group {
  /** Fields of a `ResourceSpans`: the resource, and the scopes that are closed. */
  readonly resource: Writer;
  readonly scopes: Map<string, Writer>;
}

export function createOtlpGroups(): OtlpGroups {
  const out = createWriter();
  const groups = new Map<string, Group>();
  let open = 0;
  let lastKey: string | undefined;
  let lastScope = '';
  let last: Writer | undefined;

  const flush = () => {
    for (const { resource, scopes } of groups.values()) {
      for (const spans of scopes.values()) resource.message(2, spans);
      out.message(1, resource);
    }
    groups.clear();
    open = 0;
    last = undefined;
  };

  const find: OtlpGroups['spansOf'] = (resourceKey, { name, version }, writeResource) => {
    const scopeKey = name === '' && version === '' ? '' : `${name}\u0000${version}`;
    if (last !== undefined && resourceKey === lastKey && scopeKey === lastScope) return last;
    if (open >= OPEN_MAX) flush();
    let group = groups.get(resourceKey);
    if (group === undefined) {
      group = { resource: createWriter(GROUP_BYTES), scopes: new Map() };
      const mark = group.resource.begin(1);
      writeResource(group.resource);
      group.resource.end(mark);
      groups.set(resourceKey, group);
      open += 1;
    }
    let spans = group.scopes.get(scopeKey);
    if (spans === undefined) {
      spans = createWriter(GROUP_BYTES);
      writeScope(spans, name, version);
      group.scopes.set(scopeKey, spans);
      open += 1;
    }
    lastKey = resourceKey;
    lastScope = scopeKey;
    last = spans;
    return spans;
  };
  return {
    spansOf: find,
    finish() {
      flush();
      return out.finish();
    },
  };
}

function writeScope(spans: Writer, name: string, version: string): void {
  if (name === '' && version === '') return;
  const mark = spans.begin(1);
  if (name !== '') spans.string(1, name);
  if (version !== '') spans.string(2, version);
  spans.end(mark);
}
