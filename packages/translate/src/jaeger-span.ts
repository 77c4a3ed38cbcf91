/**
 * A Jaeger span as its two encodings bring it, piece by piece, → an OTLP span.
 *
 * Attributes and events are written as they come; what depends on the whole span (status, parent, links, scope)
 * when it ends. Never knows: Thrift, protobuf.
 * https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/jaeger/
 */

import { createWriter, isZero, type Writer } from '@clew/wire';
import { ERROR, noStatus, OK, type StatusFacts, writeStatus } from './jaeger-status.ts';
import { BOOL, countOf, type JaegerTag, STRING, textOf, writeTag } from './jaeger-tag.ts';
import { createKeyTable } from './key-table.ts';
import { writeBoolAttribute, writeTextAttribute } from './otlp-attributes.ts';
import type { OtlpGroups } from './otlp-groups.ts';

/** A reference may take one byte in the body, and two hundred in memory; the walk over the result keeps fewer. */
const REFERENCES_MAX = 4096;
const CHILD_OF = 0;
const SAMPLED = 1;
const DEBUG = 2;

const KINDS: readonly string[] = ['', 'internal', 'server', 'client', 'producer', 'consumer'];

/** Tags that mean more than themselves; `#special` has a case for each. */
const findKey = createKeyTable([
  'span.kind',
  'error',
  'otel.status_code',
  'otel.status_description',
  'http.status_code',
  'http.status_message',
  'w3c.tracestate',
  'otel.scope.name',
  'otel.library.name',
  'otel.scope.version',
  'otel.library.version',
  'otel.dropped_attributes_count',
  'otel.dropped_events_count',
  'otel.dropped_links_count',
]);
const EVENT = 0;
const MESSAGE = 1;
const findLogKey = createKeyTable(['event', 'message']);

export interface JaegerReference {
  readonly type: number;
  readonly traceId: Uint8Array;
  readonly spanId: Uint8Array;
}

/** One span, used again for the next. */
export class JaegerSpan {
  readonly traceId = new Uint8Array(16);
  readonly spanId = new Uint8Array(8);
  readonly parentId = new Uint8Array(8);
  /** Where the encodings write times and names themselves: the fields of an OTLP `Span`. */
  readonly writer = createWriter();
  readonly log = new JaegerLog(this.writer);
  flags = 0;
  #kind = 0;
  #status: StatusFacts = noStatus();
  #scope = { name: '', version: '' };
  #references: JaegerReference[] = [];
  #referencesDropped = 0;
  #isPlain = true;

  begin(): void {
    this.writer.rewind(0);
    this.traceId.fill(0);
    this.spanId.fill(0);
    this.parentId.fill(0);
    this.flags = 0;
    this.#kind = 0;
    if (this.#isPlain) return;
    this.#isPlain = true;
    this.#status = noStatus();
    this.#scope = { name: '', version: '' };
    this.#references = [];
    this.#referencesDropped = 0;
  }

  tag(tag: JaegerTag): void {
    const key = findKey(tag.source, tag.keyAt, tag.keyEnd);
    if (key < 0 || !this.#special(key, tag)) writeTag(this.writer, 9, tag);
  }

  reference(reference: JaegerReference): void {
    this.#isPlain = false;
    if (this.#references.length < REFERENCES_MAX) this.#references.push(reference);
    else this.#referencesDropped += 1;
  }

  /** Hands the span to its group. */
  end(groups: OtlpGroups, resourceKey: string, writeResource: (resource: Writer) => void): void {
    const { writer } = this;
    writer.bytes(1, this.traceId);
    writer.bytes(2, this.spanId);
    if (this.#kind !== 0) writer.varint(6, this.#kind);
    if ((this.flags & DEBUG) !== 0) writeBoolAttribute(writer, 9, 'jaeger.debug', true);
    if ((this.flags & SAMPLED) !== 0) writer.fixed32(16, SAMPLED);
    this.#writeParentAndLinks();
    const { description } = this.#status;
    if (!writeStatus(writer, this.#status, this.#kind) && description !== '') {
      writeTextAttribute(writer, 9, 'otel.status_description', description);
    }
    groups.spansOf(resourceKey, this.#scope, writeResource).message(2, writer);
  }

  /** Whether the tag has become something else than an attribute. */
  #special(key: number, tag: JaegerTag): boolean {
    switch (key) {
      case 0:
        return this.#takeKind(tag);
      case 1:
        return this.#takeError(tag);
      case 2:
        return this.#takeCode(tag);
      case 3:
        this.#isPlain = false;
        this.#status.description = textOf(tag);
        return this.#status.description !== '';
      case 4:
        this.#isPlain = false;
        this.#status.httpStatus = countOf(tag) ?? 0;
        return false;
      case 5:
        this.#isPlain = false;
        this.#status.httpMessage = textOf(tag);
        return false;
      case 6:
        if (tag.type !== STRING) return false;
        this.writer.slice(3, tag.source, tag.textAt, tag.textEnd);
        return true;
      case 7:
      case 8:
        this.#isPlain = false;
        this.#scope.name = textOf(tag);
        return tag.type === STRING;
      case 9:
      case 10:
        this.#isPlain = false;
        this.#scope.version = textOf(tag);
        return tag.type === STRING;
      case 11:
        return this.#takeCount(10, tag);
      case 12:
        return this.#takeCount(12, tag);
      default:
        return this.#takeCount(14, tag);
    }
  }

  #takeKind(tag: JaegerTag): boolean {
    const kind = KINDS.indexOf(textOf(tag));
    if (kind <= 0) return false;
    this.#kind = kind;
    return true;
  }

  /** OpenTracing says a bool; some clients send it as text. */
  #takeError(tag: JaegerTag): boolean {
    const isError = (tag.type === BOOL && tag.bool) || textOf(tag).toLowerCase() === 'true';
    if (isError) {
      this.#isPlain = false;
      this.#status.isError = true;
    }
    return isError;
  }

  #takeCode(tag: JaegerTag): boolean {
    const text = textOf(tag).toUpperCase();
    const code = text === 'ERROR' ? ERROR : text === 'OK' ? OK : 0;
    if (code === 0) return text === 'UNSET';
    this.#isPlain = false;
    this.#status.code = code;
    return true;
  }

  #takeCount(field: number, tag: JaegerTag): boolean {
    const count = countOf(tag);
    if (count === undefined) return false;
    this.writer.varint(field, count);
    return true;
  }

  /** The parent that the span names, else the first it refers to in its own trace. */
  #writeParentAndLinks(): void {
    const parent = isZero(this.parentId) ? this.#referredParent() : this.parentId;
    if (parent !== undefined) this.writer.bytes(4, parent);
    for (const reference of this.#references) {
      const isParent =
        reference.type === CHILD_OF && this.#isHere(reference) && isSame(reference.spanId, parent);
      if (!isParent) this.#writeLink(reference);
    }
    if (this.#referencesDropped > 0) this.writer.varint(14, this.#referencesDropped);
  }

  #referredParent(): Uint8Array | undefined {
    const here = this.#references.filter((reference) => this.#isHere(reference));
    return (here.find(({ type }) => type === CHILD_OF) ?? here[0])?.spanId;
  }

  #isHere({ traceId }: JaegerReference): boolean {
    return isSame(traceId, this.traceId);
  }

  #writeLink({ type, traceId, spanId }: JaegerReference): void {
    const { writer } = this;
    const link = writer.begin(13);
    writer.bytes(1, traceId);
    writer.bytes(2, spanId);
    const relation = type === CHILD_OF ? 'child_of' : 'follows_from';
    writeTextAttribute(writer, 4, 'opentracing.ref_type', relation);
    writer.end(link);
  }
}

/**
 * A log → an OTLP event, field by field. Its name is the field `event`; OpenTelemetry's exporter for Python calls it
 * `message`, which is the name where there is no `event`.
 */
export class JaegerLog {
  readonly #span: Writer;
  #mark = 0;
  #isNamed = false;
  #message: JaegerTag | undefined;

  constructor(span: Writer) {
    this.#span = span;
  }

  begin(): void {
    this.#mark = this.#span.begin(11);
    this.#isNamed = false;
    this.#message = undefined;
  }

  field(tag: JaegerTag): void {
    const key = tag.type === STRING ? findLogKey(tag.source, tag.keyAt, tag.keyEnd) : -1;
    if (key === EVENT && !this.#isNamed) this.#name(tag);
    else if (key === MESSAGE && this.#message === undefined) this.#message = { ...tag };
    else writeTag(this.#span, 3, tag);
  }

  end(): void {
    if (this.#message !== undefined && this.#isNamed) writeTag(this.#span, 3, this.#message);
    if (this.#message !== undefined && !this.#isNamed) this.#name(this.#message);
    this.#span.end(this.#mark);
  }

  #name(tag: JaegerTag): void {
    this.#span.slice(2, tag.source, tag.textAt, tag.textEnd);
    this.#isNamed = true;
  }
}

function isSame(a: Uint8Array, b: Uint8Array | undefined): boolean {
  return b !== undefined && a.length === b.length && a.every((byte, i) => byte === b[i]);
}
