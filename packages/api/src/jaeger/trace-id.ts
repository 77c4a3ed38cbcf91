/**
 * Trace ids as Jaeger reads them.
 *
 * Never knows: whether a trace exists.
 */
import { BadAsk } from '../ask/parameters.ts';

/** Hex of up to 32 digits, or the base64 of 16 bytes, as hex. @throws BadAsk */
export function readTraceId(written: string): string {
  const digits = written.trim();
  const isHex = /^[0-9a-f]{1,32}$/i.test(digits);
  const id = isHex ? digits.toLowerCase() : hexOfBase64(digits);
  if (id === undefined || /^0+$/.test(id)) {
    const found = JSON.stringify(written.slice(0, 80));
    throw new BadAsk(`cannot parse traceID param: found ${found}, wanted 1 to 32 hex digits`);
  }
  return id.padStart(32, '0');
}

/** Hex never ends in `==`, and 16 bytes always do, so the two cannot be mistaken for each other. */
function hexOfBase64(written: string): string | undefined {
  if (!/^[A-Za-z0-9+/_-]{22}==$/.test(written)) return undefined;
  return Buffer.from(written, 'base64').toString('hex');
}
