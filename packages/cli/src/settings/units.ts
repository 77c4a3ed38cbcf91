/**
 * Durations and sizes as people write them: `100ms`, `1.5s`, `24h`, `16MiB`, `2GB`.
 *
 * Used by settings and by flags alike. Never knows: which setting the text belongs to.
 */

const MS_PER: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const BYTES_PER: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** Milliseconds; a bare number is taken as milliseconds, `1h30m` is a sum. Undefined when not one. */
export function parseDurationMs(raw: unknown): number | undefined {
  if (typeof raw === 'number') return Number.isFinite(raw) && raw >= 0 ? raw : undefined;
  const text = String(raw).trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)\s*(ns|us|µs|ms|s|m|h|d)/g)];
  const isAllRead = parts.map((part) => part[0]).join('') === text.replaceAll(/(?<=[a-z])\s+/g, '');
  if (parts.length === 0 || !isAllRead) return undefined;
  return parts.reduce((sum, part) => sum + Number(part[1]) * (MS_PER[part[2] as string] ?? 0), 0);
}

/** Whole bytes; `KB` is 1000, `KiB` 1024, as the standards have it. Undefined when not a size. */
export function parseBytes(raw: unknown): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(String(raw).trim().replaceAll('_', ''));
  const factor = match === null ? undefined : BYTES_PER[(match[2] as string).toLowerCase()];
  if (match === null || factor === undefined) return undefined;
  const bytes = Math.round(Number(match[1]) * factor);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** The shortest exact text: 16777216 → `16MiB`, 1000 → `1000`. */
export function printBytes(bytes: number): string {
  for (const [unit, factor] of [
    ['TiB', 2 ** 40],
    ['GiB', 2 ** 30],
    ['MiB', 2 ** 20],
    ['KiB', 2 ** 10],
  ] as const) {
    if (bytes >= factor && bytes % factor === 0) return `${bytes / factor}${unit}`;
  }
  return String(bytes);
}

/** The shortest exact text: 86400000 → `24h`, 100 → `100ms`. */
export function printDuration(ms: number): string {
  if (ms === 0) return '0ms';
  for (const [unit, factor] of [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
  ] as const) {
    if (ms >= factor && ms % factor === 0) return `${ms / factor}${unit}`;
  }
  return `${ms}ms`;
}
