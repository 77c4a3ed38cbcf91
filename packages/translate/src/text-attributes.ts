/**
 * Text attributes of spans, encoded once for all spans of a request that have them.
 *
 * Half the attributes of a batch are the same on every span (method, component, host): copying their
 * bytes costs a third of encoding them. Never knows: what they mean.
 */

import { createWriter, type Writer } from '@clew/wire';

export interface TextAttributes {
  /** Appends the attribute as field 9 of a span. */
  write(key: string, value: string): void;
}

/** What is longer is seldom seen twice. */
const KEPT_CHARS_MAX = 64;
/** Encoded attributes kept in all: beyond, ids and other texts that never repeat have filled it. */
const KEPT_MAX = 4096;

export function createTextAttributes(writer: Writer): TextAttributes {
  const kept = new Map<string, Map<string, Uint8Array>>();
  const apart = createWriter();
  let count = 0;
  return {
    write(key, value) {
      if (value.length > KEPT_CHARS_MAX) return encode(writer, key, value);
      let values = kept.get(key);
      const bytes = values?.get(value);
      if (bytes !== undefined) return writer.raw(bytes, 0, bytes.length);
      if (count >= KEPT_MAX) return encode(writer, key, value);
      if (values === undefined) {
        values = new Map();
        kept.set(key, values);
      }
      apart.rewind(0);
      encode(apart, key, value);
      const encoded = apart.finish();
      values.set(value, encoded);
      count += 1;
      writer.raw(encoded, 0, encoded.length);
    },
  };
}

function encode(writer: Writer, key: string, value: string): void {
  const mark = writer.begin(9);
  writer.string(1, key);
  const inner = writer.begin(2);
  writer.string(1, value);
  writer.end(inner);
  writer.end(mark);
}
