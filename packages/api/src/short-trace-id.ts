/** Trace ids as older products print them. */

/** 16 digits when the upper half is zero: what an SDK of 64-bit ids sent comes back as it was. */
export function shortTraceId(traceId: string): string {
  return traceId.startsWith('0'.repeat(16)) ? traceId.slice(16) : traceId;
}
