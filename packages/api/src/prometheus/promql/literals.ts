/**
 * Numbers, durations and strings as PromQL writes them.
 *
 * https://prometheus.io/docs/prometheus/latest/querying/basics/#literals. Never knows: expressions.
 */
import { PromqlError } from './errors.ts';

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

const duration = /^(?:\d+(?:ms|[smhdwy]))+$/;

/** `1h30m`, or a number of seconds; negative with a sign. @throws PromqlError */
export function durationMs(text: string): number {
  const compact = text.replaceAll(/\s+/g, '');
  if (compact.startsWith('-')) return -durationMs(compact.slice(1));
  if (compact.startsWith('+')) return durationMs(compact.slice(1));
  const ms = parseDurationMs(compact) ?? Number(compact) * 1000;
  if (Number.isFinite(ms)) return ms;
  throw new PromqlError(`not a valid duration string: ${JSON.stringify(text)}`);
}

/** Undefined for what has no units. */
export function parseDurationMs(text: string): number | undefined {
  if (!duration.test(text)) return undefined;
  let total = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)(ms|[smhdwy])/g)) {
    total += Number(count) * unitMs[unit!]!;
  }
  return total;
}

/** Seconds, when it is a duration. @throws PromqlError */
export function numberOf(text: string): number {
  const lower = text.toLowerCase();
  if (lower === 'inf') return Number.POSITIVE_INFINITY;
  if (lower === 'nan') return Number.NaN;
  const ms = parseDurationMs(text);
  if (ms !== undefined) return ms / 1000;
  const value = Number(lower.replaceAll('_', ''));
  if (Number.isNaN(value)) throw new PromqlError(`bad number or duration syntax: ${text}`);
  return value;
}

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

const escapeSequence =
  /\\(?:([abfnrtv\\"'])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.?))/gs;

/** What stands between quotes; between backticks nothing is escaped. @throws PromqlError */
export function textOf(quoted: string): string {
  const inner = quoted.slice(1, -1);
  if (quoted.startsWith('`')) return inner;
  return inner.replaceAll(
    escapeSequence,
    (whole, simple?: string, hex?: string, four?: string, eight?: string, octal?: string) => {
      if (simple !== undefined) return escapes[simple]!;
      const code = hex ?? four ?? eight;
      if (code !== undefined) return character(Number.parseInt(code, 16), whole);
      if (octal !== undefined) return character(Number.parseInt(octal, 8), whole);
      throw new PromqlError(`unknown escape sequence ${whole}`);
    },
  );
}

function character(code: number, written: string): string {
  if (code <= 0x10_ff_ff) return String.fromCodePoint(code);
  throw new PromqlError(`escape sequence ${written} is no character`);
}
