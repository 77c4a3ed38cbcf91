/**
 * Collects encoded spans by scope until they are sealed into one OTLP request.
 *
 * The buffers are used again after a seal; a request is one exact copy of them, so that it can be
 * sent with its length, compressed and sent again. Never knows: when to seal.
 */

import type { ReadableSpan, Scope } from '../readable-span.ts';
import { RecordingSpan } from '../recording-span.ts';
import type { Resource } from '../resource.ts';
import { encodeObject } from './encode-attributes.ts';
import { encodeReadable, encodeSpan } from './encode-span.ts';
import { SpanBytes } from './span-bytes.ts';

/** An `ExportTraceServiceRequest` and the number of spans in it. */
export interface SpanBatch {
  readonly body: Uint8Array;
  readonly spans: number;
}

interface Segment {
  readonly resource: Resource;
  readonly scope: Scope;
  readonly bytes: SpanBytes;
}

const START_BYTES = 64 * 1024;
/** A buffer that one huge batch made larger than this is let go. */
const KEEP_BYTES = 1024 * 1024;

export class SpanBin {
  #segments: Segment[] = [];
  #last: Segment | undefined;
  spans = 0;
  /** Of the encoded spans. */
  size = 0;
  /** Settles when every resource in the bin is known; seal not before. */
  pending: Promise<unknown> | undefined;

  add(span: ReadableSpan): void {
    const scope = span.instrumentationScope;
    let segment = this.#last;
    if (segment?.scope !== scope || segment.resource !== span.resource) {
      segment = this.#segmentOf(scope, span.resource);
    }
    const { at } = segment.bytes;
    try {
      if (span instanceof RecordingSpan) encodeSpan(segment.bytes, span);
      else encodeReadable(segment.bytes, span);
    } catch (error) {
      segment.bytes.at = at;
      throw error;
    }
    this.spans += 1;
    this.size += segment.bytes.at - at;
  }

  /** What was added since the last seal. */
  seal(): SpanBatch {
    const out = new SpanBytes(4096 + this.size + 512 * this.#segments.length);
    for (const segments of byResource(this.#segments)) encodeResourceSpans(out, segments);
    this.#segments = this.#segments.filter(
      ({ bytes }) => bytes.at > 0 && bytes.bytes.length <= KEEP_BYTES,
    );
    for (const { bytes } of this.#segments) bytes.at = 0;
    this.#last = undefined;
    const { spans } = this;
    this.spans = 0;
    this.size = 0;
    return { body: new Uint8Array(out.bytes.buffer, 0, out.at), spans };
  }

  #segmentOf(scope: Scope, resource: Resource): Segment {
    const fits = (one: Segment) => one.scope === scope && one.resource === resource;
    let segment = this.#segments.find(fits);
    if (segment === undefined) {
      segment = { resource, scope, bytes: new SpanBytes(START_BYTES) };
      this.#segments.push(segment);
    }
    if (resource.asyncAttributesPending) {
      this.pending = Promise.all([this.pending, resource.waitForAsyncAttributes()]);
    }
    this.#last = segment;
    return segment;
  }
}

function byResource(segments: Iterable<Segment>): Segment[][] {
  const groups = new Map<Resource, Segment[]>();
  for (const segment of segments) {
    if (segment.bytes.at === 0) continue;
    const group = groups.get(segment.resource) ?? [];
    groups.set(segment.resource, group);
    group.push(segment);
  }
  return [...groups.values()];
}

function encodeResourceSpans(out: SpanBytes, segments: readonly Segment[]): void {
  const { resource } = segments[0]!;
  out.room(16);
  out.byte(0x0a);
  const mark = out.open();
  out.byte(0x0a);
  const inner = out.open();
  encodeObject(out, 0x0a, resource.attributes);
  out.close(inner);
  for (const segment of segments) encodeScopeSpans(out, segment);
  encodeUrl(out, resource.schemaUrl);
  out.close(mark);
}

function encodeScopeSpans(out: SpanBytes, { scope, bytes }: Segment): void {
  out.room(bytes.at + 512);
  out.byte(0x12);
  const mark = out.open();
  out.byte(0x0a);
  const inner = out.open();
  if (scope.name) encodeTagged(out, 0x0a, scope.name);
  if (scope.version) encodeTagged(out, 0x12, scope.version);
  if (scope.attributes !== undefined) encodeObject(out, 0x1a, scope.attributes);
  out.close(inner);
  out.raw(bytes.bytes.subarray(0, bytes.at));
  encodeUrl(out, scope.schemaUrl);
  out.close(mark);
}

function encodeUrl(out: SpanBytes, url: string | undefined): void {
  if (url) encodeTagged(out, 0x1a, url);
}

function encodeTagged(out: SpanBytes, tag: number, text: string): void {
  out.room(8);
  out.byte(tag);
  out.text(text);
}
