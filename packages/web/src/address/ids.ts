/**
 * Trace and span ids as people have them: in a log line, upper-case, dashed, inside a W3C traceparent.
 *
 * Never knows: whether such a trace exists.
 */

export type FoundTrace = {
  /** 32 or 16 lower-case hex digits. */
  readonly traceId: string;
  /** The span a traceparent points at. */
  readonly spanId: string | undefined;
};

const traceparent =
  /(?<![0-9a-f])[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(?![0-9a-f])/gi;
/** 8-4-4-4-12, as UUID-minded tools print trace ids. */
const dashed =
  /(?<![0-9a-f])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f])/gi;
const long = /(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])/gi;
const short = /(?<![0-9a-f])[0-9a-f]{16}(?![0-9a-f])/gi;
/** 16 bytes in base64, as OTLP dumps print them. */
const base64 = /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{22}==/g;
const named = /\btrace[_-]?id["']?\s*[:=]\s*["']?([0-9a-f]{32}|[0-9a-f]{16})(?![0-9a-f])/gi;
const namedSpan = /\bspan[_-]?id["']?\s*[:=]\s*["']?([0-9a-f]{16})(?![0-9a-f])/i;

/**
 * Finds the trace a pasted text speaks of, the most certain reading first: traceparent, then `trace_id=…`, then any
 * 32 digits (dashed or not), and 16 digits or base64 only if nothing else was there, because log lines are full of what looks like them.
 * All-zero ids are invalid in OTLP and skipped.
 */
export function findTrace(text: string): FoundTrace | undefined {
  const parent = first(text, traceparent, 1);
  if (parent) return { traceId: plain(parent[1]), spanId: nonZero(plain(parent[2])) };
  const hit = first(text, named, 1) ?? first(text, dashed, 0) ?? first(text, long, 0);
  const found = hit ?? first(text, short, 0);
  if (!found) return findBase64(text);
  const span = namedSpan.exec(text)?.[1];
  const traceId = plain(found[1] ?? found[0]);
  const spanId = nonZero(plain(span));
  return { traceId, spanId: spanId === traceId ? undefined : spanId };
}

function findBase64(text: string): FoundTrace | undefined {
  for (const [digits] of text.matchAll(base64)) {
    const bytes = Array.from(atob(digits), (byte) => byte.charCodeAt(0));
    const id = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
    if (nonZero(id)) return { traceId: id, spanId: undefined };
  }
  return undefined;
}

/** A trace id as the address bar may hold it → canonical, or undefined when it is not one. */
export function traceIdOf(text: string): string | undefined {
  const id = plain(text.trim());
  return /^([0-9a-f]{16}|[0-9a-f]{32})$/.test(id) ? nonZero(id) : undefined;
}

/** The first match whose group `group` is not all zeros. */
function first(text: string, pattern: RegExp, group: number): RegExpMatchArray | undefined {
  for (const match of text.matchAll(pattern)) {
    if (nonZero(plain(match[group]))) return match;
  }
  return undefined;
}

function plain(text: string | undefined): string {
  return (text ?? '').replaceAll('-', '').toLowerCase();
}

function nonZero(id: string): string | undefined {
  return /[1-9a-f]/.test(id) ? id : undefined;
}
