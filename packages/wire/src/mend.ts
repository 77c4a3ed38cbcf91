/**
 * Makes a body clean that the walk sent to mending.
 *
 * Whatever is clean is copied as it is, from whole resources down to single attributes; the rest is
 * rebuilt as protobuf decoders would read it, cut to the limits, and marked. Spans without ids are
 * dropped and counted. The result walks clean. Never knows: frames, tenants, answers.
 */

import { RESERVED_FIRST, RESERVED_LAST } from './fields.ts';
import type { WalkLimits } from './limits.ts';
import { type Mark, marks } from './marks.ts';
import {
  collectFields,
  copyField,
  copyUnknown,
  mergedOf,
  valueSlice,
  writeCount,
  writeText,
} from './mend-fields.ts';
import { mendSpan } from './mend-span.ts';
import { type AttributeRule, mendAttributes } from './mend-value.ts';
import {
  cleanSpans,
  createMending,
  isClean,
  type Mending,
  note,
  type RejectReason,
  type Slice,
} from './mending.ts';
import { createReader } from './reader.ts';

export interface Mended {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Spans in `bytes`. */
  readonly spans: number;
  /** Spans that were dropped, by what was wrong with them. */
  readonly rejected: readonly { readonly reason: RejectReason; readonly spans: number }[];
  /** What else was done, by mark; for attributes, events and links the count is of those dropped. */
  readonly cut: readonly { readonly reason: Mark; readonly count: number }[];
}

const MEMBERS = 2;
const GROUP_FIELDS = [1, 2, 3];
const RESOURCE_FIELDS = [1, 2];
const SCOPE_FIELDS = [1, 2, 3, 4];

/**
 * Rebuilds a body for which `walkTraces`, with the same limits and time, said 'mend'.
 *
 * @throws WireError when the walk would have refused the body.
 */
export function mendTraces(body: Uint8Array, limits: WalkLimits, nowMs: number): Mended {
  const mending = createMending(limits, nowMs);
  for (const reader = createReader(body); reader.next(); ) {
    if (reader.field === 1) {
      mendResourceSpans(mending, valueSlice(reader));
    } else if (reader.field >= RESERVED_FIRST && reader.field <= RESERVED_LAST) {
      note(mending, 'reserved_field');
    } else {
      copyField(mending.out, reader);
    }
  }
  return {
    bytes: mending.out.finish(),
    spans: mending.spans,
    rejected: [...mending.rejected].map(([reason, spans]) => ({ reason, spans })),
    cut: [...mending.cut].map(([reason, count]) => ({ reason, count })),
  };
}

function mendResourceSpans(mending: Mending, group: Slice): void {
  const { out } = mending;
  const spans = cleanSpans(mending, 'resourceSpans', group);
  if (spans >= 0) {
    mending.spans += spans;
    out.slice(1, group.source, group.at, group.end);
    return;
  }
  const mark = out.begin(1);
  const originMarks = mendOrigin(mending, group, writeResource, 0);
  for (const scopeSpans of membersOf(group)) {
    mendScopeSpans(mending, scopeSpans, originMarks);
  }
  out.end(mark);
}

function mendScopeSpans(mending: Mending, group: Slice, outerMarks: number): void {
  const { out } = mending;
  const spans = outerMarks === 0 ? cleanSpans(mending, 'scopeSpans', group) : -1;
  if (spans >= 0) {
    mending.spans += spans;
    out.slice(2, group.source, group.at, group.end);
    return;
  }
  const mark = out.begin(2);
  const originMarks = mendOrigin(mending, group, writeScope, outerMarks);
  for (const span of membersOf(group)) {
    mendSpan(mending, span, originMarks);
  }
  out.end(mark);
}

/**
 * Writes what a group of spans has besides them, its resource or scope (field 1) and its schema url
 * (field 3). Returns the marks that its spans must carry for it.
 */
function mendOrigin(
  mending: Mending,
  group: Slice,
  write: (mending: Mending, origin: Slice) => void,
  outerMarks: number,
): number {
  const fields = collectFields(group, MEMBERS);
  mending.marks = 0;
  const origin = mergedOf(mending, fields, 1);
  if (origin !== undefined) {
    write(mending, origin);
  }
  const rule = { bytesMax: mending.limits.nameBytes, mark: 'name_cut' } as const;
  writeText(mending, fields, 3, rule);
  copyUnknown(mending, group, GROUP_FIELDS);
  return mending.marks === 0 ? outerMarks : marks.origin_mended;
}

/** The scopes of a resource, or the spans of a scope, which may be many, one after the other. */
function* membersOf({ source, at, end }: Slice): Generator<Slice, void> {
  for (const reader = createReader(source, at, end); reader.next(); ) {
    if (reader.field === MEMBERS) {
      yield valueSlice(reader);
    }
  }
}

function writeResource(mending: Mending, resource: Slice): void {
  const { out, limits } = mending;
  if (isClean(mending, 'resource', resource)) {
    out.slice(1, resource.source, resource.at, resource.end);
    return;
  }
  const fields = collectFields(resource);
  const mark = out.begin(1);
  const over = mendAttributes(mending, 1, fields.get(1), originRule(limits));
  writeCount(mending, fields, 2, over);
  copyUnknown(mending, resource, RESOURCE_FIELDS);
  out.end(mark);
}

function writeScope(mending: Mending, scope: Slice): void {
  const { out, limits } = mending;
  if (isClean(mending, 'scope', scope)) {
    out.slice(1, scope.source, scope.at, scope.end);
    return;
  }
  const fields = collectFields(scope);
  const mark = out.begin(1);
  writeText(mending, fields, 1, { bytesMax: limits.nameBytes, mark: 'name_cut' });
  writeText(mending, fields, 2, { bytesMax: limits.nameBytes, mark: 'name_cut' });
  const over = mendAttributes(mending, 3, fields.get(3), originRule(limits));
  writeCount(mending, fields, 4, over);
  copyUnknown(mending, scope, SCOPE_FIELDS);
  out.end(mark);
}

function originRule(limits: WalkLimits): AttributeRule {
  return { most: limits.attributesPerResource, bytesMax: limits.originBytes };
}
