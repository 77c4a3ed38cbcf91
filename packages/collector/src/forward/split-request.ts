/**
 * A request that is too large for its destination → several that mean the same: between its resources where that is enough,
 * else between the spans of a resource, which then is in each of them.
 *
 * Never knows: what is in a span; whose bound it is.
 */
import { createReader, createWriter, fields } from '@clew/wire';

const { TracesData, ResourceSpans, ScopeSpans } = fields;

/**
 * Requests of at most `bytesMax` bytes, or of one span that is larger; a body that is small enough is yielded as it is.
 *
 * @throws WireError when the body is no OTLP.
 */
export function* splitRequest(body: Uint8Array, bytesMax: number): Generator<Uint8Array> {
  if (body.length <= bytesMax) {
    yield body;
    return;
  }
  let writer = createWriter();
  for (const reader = createReader(body); reader.next(); ) {
    if (reader.field !== TracesData.resource_spans) continue;
    const resource = reader.bytes();
    if (writer.length > 0 && writer.length + resource.length > bytesMax) {
      yield writer.finish();
      writer = createWriter();
    }
    if (resource.length > bytesMax) yield* splitResource(resource, bytesMax);
    else writer.bytes(TracesData.resource_spans, resource);
  }
  if (writer.length > 0) yield writer.finish();
}

/** What stands beside the repeated field of a message, and that field's values. */
interface Parts {
  readonly head: Uint8Array;
  readonly items: readonly Uint8Array[];
}

function partsOf(message: Uint8Array, headFields: readonly number[], item: number): Parts {
  const head = createWriter();
  const items: Uint8Array[] = [];
  for (const reader = createReader(message); reader.next(); ) {
    if (reader.field === item) items.push(reader.bytes());
    else if (headFields.includes(reader.field)) head.bytes(reader.field, reader.bytes());
  }
  return { head: head.finish(), items };
}

function* splitResource(resource: Uint8Array, bytesMax: number): Generator<Uint8Array> {
  const { resource: ofResource, schema_url: resourceUrl, scope_spans: scopeSpans } = ResourceSpans;
  const { scope: ofScope, schema_url: scopeUrl, spans: ofSpans } = ScopeSpans;
  const { head, items: scopes } = partsOf(resource, [ofResource, resourceUrl], scopeSpans);
  for (const one of scopes) {
    const scope = partsOf(one, [ofScope, scopeUrl], ofSpans);
    const room = bytesMax - head.length - scope.head.length;
    for (const spans of groups(scope.items, room)) yield requestOf(head, scope.head, spans);
  }
}

/** A tag and a length for each of the messages around a span. */
const FRAME_BYTES = 16;

function* groups(spans: readonly Uint8Array[], bytesMax: number): Generator<Uint8Array[]> {
  let group: Uint8Array[] = [];
  let bytes = 0;
  for (const span of spans) {
    const size = span.length + FRAME_BYTES;
    if (group.length > 0 && bytes + size > bytesMax) {
      yield group;
      group = [];
      bytes = 0;
    }
    group.push(span);
    bytes += size;
  }
  if (group.length > 0) yield group;
}

function requestOf(
  head: Uint8Array,
  scopeHead: Uint8Array,
  spans: readonly Uint8Array[],
): Uint8Array {
  const writer = createWriter();
  const resource = writer.begin(TracesData.resource_spans);
  writer.raw(head, 0, head.length);
  const scope = writer.begin(ResourceSpans.scope_spans);
  writer.raw(scopeHead, 0, scopeHead.length);
  for (const span of spans) writer.bytes(ScopeSpans.spans, span);
  writer.end(scope);
  writer.end(resource);
  return writer.finish();
}
