/**
 * Trace ids of X-Ray: `1-5f84c7a1-e7d1852db8c4fd35d88bf49a`, the first eight digits being a time.
 *
 * Never knows: documents.
 */

/** The 32 hex digits in lower case, or undefined when it is no trace id. Version 1 is the only one. */
export function parseTraceId(value: unknown): string | undefined {
  const match =
    typeof value === 'string' ? /^1-([0-9a-f]{8})-([0-9a-f]{24})$/i.exec(value) : undefined;
  return match ? `${match[1]}${match[2]}`.toLowerCase() : undefined;
}
