/**
 * Fields of a request's protobuf, by their numbers.
 *
 * Never knows: which message it is.
 */
import { createReader, type Reader } from '@clew/wire';

type ReadField = (reader: Reader) => void;

/** Fields that are not listed are passed over. @throws WireError */
export function readFields<Asked>(
  bytes: Uint8Array,
  asked: Asked,
  fields: Readonly<Record<number, ReadField>>,
): Asked {
  const reader = createReader(bytes);
  while (reader.next()) fields[reader.field]?.(reader);
  return asked;
}

/** One entry of a map of texts. */
export function readEntry(reader: Reader): [string, string] {
  const entry: [string, string] = ['', ''];
  while (reader.next()) {
    if (reader.field === 1) entry[0] = reader.string();
    if (reader.field === 2) entry[1] = reader.string();
  }
  return entry;
}
