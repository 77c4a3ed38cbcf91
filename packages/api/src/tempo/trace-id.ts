/**
 * Trace ids as Tempo reads and prints them.
 *
 * Never knows: whether a trace exists.
 */
import { BadAsk } from '../ask/parameters.ts';

/** 1 to 32 hex digits in any case, padded to 32 in lower case. @throws BadAsk */
export function readTraceId(written: string): string {
  const characters = [...written];
  const wrong = characters.findIndex((each) => !/^[0-9a-f]$/i.test(each));
  if (wrong >= 0) {
    const found = `invalid character '${characters[wrong]}' at position ${wrong + 1}`;
    throw new BadAsk(`trace IDs can only contain hex characters: ${found}`);
  }
  if (written.length > 32) throw new BadAsk("trace IDs can't be larger than 128 bits");
  return written.toLowerCase().padStart(32, '0');
}

/** Zeros at the left are left out. */
export function printTraceId(id: string): string {
  return id.replace(/^0+(?=.)/, '');
}
