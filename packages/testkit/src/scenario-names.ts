/**
 * What stands between `$(` and `)` in a scenario: ids and times that every run chooses anew, so that a server which is
 * asked again and again, or by others as well, does not mix runs up.
 *
 *     $(run)          eight hex digits; part of names of services that nobody else has
 *     $(t1)           the trace id of label t1, 32 hex digits; $(t1:base64) in base64
 *     $(t1.2)         the span id of its second line, 16 hex digits; $(t1.2:base64) in base64
 *     $(s:10ms)       a time in seconds, that long after the base time; also ms, us, ns, and rfc for RFC 3339
 *
 * Never knows: where a text stands.
 */
import { readTime } from './notation-values.ts';

export type Names = {
  /** Replaces every name in a text. @throws Error at a name that does not exist */
  fill(text: string): string;
  /** The trace id that stands for a label. */
  traceId(label: string): string;
};

/**
 * Both halves of a trace id are the trace's own, for products that look at the lower one alone.
 * @param run eight hex digits, the first not zero
 */
export function createNames(run: string, baseMs: number): Names {
  const traceId = (label: string) => {
    const half = run + Buffer.from(label).toString('hex').padStart(8, '0');
    if (half.length > 16) throw new Error(`the label ${label} is longer than four letters`);
    return half + half;
  };
  const value = (name: string): string => {
    if (name === 'run') return run;
    const [, unit, time] = /^(s|ms|us|ns|rfc):(.+)$/.exec(name) ?? [];
    if (unit !== undefined) return timeIn(unit, BigInt(baseMs) * 1_000_000n + readTime(time, name));
    const [, label, number, form] = /^(\w+)(?:\.(\d+))?(?::(base64))?$/.exec(name) ?? [];
    if (label === undefined) throw new Error(`there is no $(${name})`);
    const id =
      number === undefined ? traceId(label) : Number(number).toString(16).padStart(16, '0');
    return form === 'base64' ? Buffer.from(id, 'hex').toString('base64') : id;
  };
  return { traceId, fill: (text) => text.replace(/\$\(([^)]+)\)/g, (_, name) => value(name)) };
}

const unitsNs: Readonly<Record<string, bigint>> = {
  s: 1_000_000_000n,
  ms: 1_000_000n,
  us: 1_000n,
  ns: 1n,
};

function timeIn(unit: string, ns: bigint): string {
  if (unit === 'rfc') return new Date(Number(ns / 1_000_000n)).toISOString();
  return String(ns / unitsNs[unit]!);
}
