/**
 * Jaeger's Thrift batches → OTLP bytes: the bare `Batch` that collectors get over HTTP, and the `Agent.emitBatch`
 * messages that agents get in datagrams, in either encoding.
 *
 * Never knows: transports.
 * https://github.com/jaegertracing/jaeger-idl/tree/main/thrift
 */

import { createProcess, type JaegerProcess } from './jaeger-process.ts';
import { JaegerSpan } from './jaeger-span.ts';
import { clearTag, createTag, type JaegerTag } from './jaeger-tag.ts';
import { numberOf, writeMicroseconds } from './microseconds.ts';
import { createOtlpGroups, type OtlpGroups } from './otlp-groups.ts';
import { createBinaryReader } from './thrift-binary.ts';
import { createCompactReader } from './thrift-compact.ts';
import {
  BINARY,
  BOOL,
  DOUBLE,
  I32,
  I64,
  LIST,
  STRUCT,
  type ThriftReader,
} from './thrift-reader.ts';
import { TranslateError } from './translate-error.ts';

/** @throws TranslateError when the bytes are no `Batch` in the binary encoding. */
export function jaegerBatchToOtlp(body: Uint8Array): Uint8Array {
  const reader = createBinaryReader(body);
  return new BatchTranslation(reader).run();
}

/** @throws TranslateError when the bytes are no `emitBatch` in the compact encoding. */
export function jaegerCompactToOtlp(packet: Uint8Array): Uint8Array {
  return messageToOtlp(createCompactReader(packet));
}

/** @throws TranslateError when the bytes are no `emitBatch` in the binary encoding. */
export function jaegerBinaryToOtlp(packet: Uint8Array): Uint8Array {
  return messageToOtlp(createBinaryReader(packet));
}

function messageToOtlp(reader: ThriftReader): Uint8Array {
  const method = reader.message();
  if (method !== 'emitBatch') {
    const found = method.slice(0, 40);
    throw new TranslateError('', `found a call of ${JSON.stringify(found)}, wanted emitBatch`);
  }
  reader.beginStruct();
  while (reader.field()) {
    if (reader.fieldId === 1 && reader.is(STRUCT)) return new BatchTranslation(reader).run();
    if (reader.fieldId !== 1) reader.skip(reader.fieldType);
  }
  throw new TranslateError('', 'found emitBatch without a batch');
}

class BatchTranslation {
  readonly #reader: ThriftReader;
  readonly #groups: OtlpGroups;
  readonly #process: JaegerProcess = createProcess();
  readonly #span = new JaegerSpan();
  readonly #tag: JaegerTag;

  constructor(reader: ThriftReader) {
    this.#reader = reader;
    this.#tag = createTag(reader.source);
    this.#groups = createOtlpGroups(reader.source.length);
  }

  run(): Uint8Array {
    const reader = this.#reader;
    const outer = reader.beginStruct();
    let spansAt = -1;
    let hasProcess = false;
    while (reader.field()) {
      if (reader.fieldId === 1 && reader.is(STRUCT)) {
        this.#readProcess();
        hasProcess = true;
      } else if (reader.fieldId === 2 && reader.fieldType === LIST && hasProcess) {
        this.#readSpans();
      } else {
        // Fields may come in any order: spans before their process wait for it.
        if (reader.fieldId === 2 && reader.fieldType === LIST) spansAt = reader.at;
        if (reader.fieldId !== 1) reader.skip(reader.fieldType);
      }
    }
    reader.endStruct(outer);
    if (spansAt >= 0) {
      reader.at = spansAt;
      reader.fieldType = LIST;
      this.#readSpans();
    }
    return this.#groups.finish();
  }

  #readProcess(): void {
    const reader = this.#reader;
    const outer = reader.beginStruct();
    while (reader.field()) {
      if (reader.fieldId === 1) {
        if (reader.is(BINARY)) this.#process.service(reader.text());
      } else if (reader.fieldId === 2) {
        this.#readTags((tag) => this.#process.tag(tag));
      } else {
        reader.skip(reader.fieldType);
      }
    }
    reader.endStruct(outer);
  }

  #readSpans(): void {
    const writeResource = this.#process.write;
    for (let left = this.#reader.structs(); left > 0; left -= 1) {
      this.#span.begin();
      this.#readSpan();
      this.#span.end(this.#groups, '', writeResource);
    }
  }

  #readSpan(): void {
    const reader = this.#reader;
    const span = this.#span;
    const outer = reader.beginStruct();
    let startUs = 0;
    let durationUs = 0;
    while (reader.field()) {
      switch (reader.fieldId) {
        case 1:
          this.#readId(span.traceId, 8);
          break;
        case 2:
          this.#readId(span.traceId, 0);
          break;
        case 3:
          this.#readId(span.spanId, 0);
          break;
        case 4:
          this.#readId(span.parentId, 0);
          break;
        case 5:
          if (reader.is(BINARY)) {
            reader.binary();
            span.writer.slice(5, reader.source, reader.bytesAt, reader.bytesEnd);
          }
          break;
        case 6:
          this.#readReferences();
          break;
        case 7:
          if (reader.is(I32)) span.flags = reader.i32();
          break;
        case 8:
          startUs = this.#readMicroseconds();
          break;
        case 9:
          durationUs = this.#readMicroseconds();
          break;
        case 10:
          this.#readSpanTags();
          break;
        case 11:
          this.#readLogs();
          break;
        default:
          reader.skip(reader.fieldType);
      }
    }
    reader.endStruct(outer);
    writeMicroseconds(span.writer, 7, startUs);
    writeMicroseconds(span.writer, 8, startUs + durationUs);
  }

  #readId(into: Uint8Array, place: number): void {
    const reader = this.#reader;
    if (!reader.is(I64)) return;
    reader.i64();
    putWord(into, place, reader.high);
    putWord(into, place + 4, reader.low);
  }

  #readMicroseconds(): number {
    const reader = this.#reader;
    if (!reader.is(I64)) return 0;
    reader.i64();
    return numberOf(reader.high, reader.low);
  }

  #readReferences(): void {
    const reader = this.#reader;
    for (let left = reader.structs(); left > 0; left -= 1) {
      const traceId = new Uint8Array(16);
      const spanId = new Uint8Array(8);
      let type = 0;
      const outer = reader.beginStruct();
      while (reader.field()) {
        if (reader.fieldId === 1 && reader.fieldType === I32) type = reader.i32();
        else if (reader.fieldId === 2) this.#readId(traceId, 8);
        else if (reader.fieldId === 3) this.#readId(traceId, 0);
        else if (reader.fieldId === 4) this.#readId(spanId, 0);
        else reader.skip(reader.fieldType);
      }
      reader.endStruct(outer);
      this.#span.reference({ type, traceId, spanId });
    }
  }

  #readSpanTags(): void {
    const reader = this.#reader;
    for (let left = reader.structs(); left > 0; left -= 1) {
      this.#readTag();
      this.#span.tag(this.#tag);
    }
  }

  #readTags(use: (tag: JaegerTag) => void): void {
    const reader = this.#reader;
    for (let left = reader.structs(); left > 0; left -= 1) {
      this.#readTag();
      use(this.#tag);
    }
  }

  #readLogs(): void {
    const reader = this.#reader;
    const { writer, log } = this.#span;
    for (let left = reader.structs(); left > 0; left -= 1) {
      log.begin();
      const outer = reader.beginStruct();
      while (reader.field()) {
        if (reader.fieldId === 1) {
          writeMicroseconds(writer, 1, this.#readMicroseconds());
        } else if (reader.fieldId === 2) {
          this.#readTags((tag) => log.field(tag));
        } else {
          reader.skip(reader.fieldType);
        }
      }
      reader.endStruct(outer);
      log.end();
    }
  }

  #readTag(): void {
    const reader = this.#reader;
    const tag = this.#tag;
    clearTag(tag);
    const outer = reader.beginStruct();
    while (reader.field()) this.#readTagField(reader, tag);
    reader.endStruct(outer);
  }

  #readTagField(reader: ThriftReader, tag: JaegerTag): void {
    switch (reader.fieldId) {
      case 1:
        if (!reader.is(BINARY)) return;
        reader.binary();
        tag.keyAt = reader.bytesAt;
        tag.keyEnd = reader.bytesEnd;
        return;
      case 2:
        if (reader.is(I32)) tag.type = reader.i32();
        return;
      case 3:
        if (!reader.is(BINARY)) return;
        reader.binary();
        tag.textAt = reader.bytesAt;
        tag.textEnd = reader.bytesEnd;
        return;
      case 4:
        if (reader.is(DOUBLE)) tag.double = reader.double();
        return;
      case 5:
        if (reader.is(BOOL)) tag.bool = reader.bool();
        return;
      case 6:
        if (!reader.is(I64)) return;
        reader.i64();
        tag.high = reader.high;
        tag.low = reader.low;
        return;
      case 7:
        if (!reader.is(BINARY)) return;
        reader.binary();
        tag.bytesAt = reader.bytesAt;
        tag.bytesEnd = reader.bytesEnd;
        return;
      default:
        reader.skip(reader.fieldType);
    }
  }
}

/** Four bytes, the most significant first. */
function putWord(into: Uint8Array, at: number, word: number): void {
  into[at] = word >>> 24;
  into[at + 1] = word >>> 16;
  into[at + 2] = word >>> 8;
  into[at + 3] = word;
}
