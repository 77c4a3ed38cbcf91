/**
 * Single words of the trace notation: attribute values and times, both ways.
 *
 * Never knows: spans.
 */
import type { AnyValue, KeyValue } from '@clew/wire';

/** `5` is an int, `5.0` a double, `true` a bool, `[1,2]` an array, anything else and `"5"` a string. */
export function readValue(written: string): AnyValue {
  if (/^".*"$/s.test(written)) return { type: 'string', value: JSON.parse(written) as string };
  if (/^-?\d+$/.test(written)) return { type: 'int', value: BigInt(written) };
  if (/^-?\d*\.\d+(e-?\d+)?$/.test(written)) return { type: 'double', value: Number(written) };
  if (written === 'true' || written === 'false') return { type: 'bool', value: written === 'true' };
  if (/^\[.*\]$/s.test(written)) {
    const items = written.slice(1, -1).split(',').filter(Boolean);
    return { type: 'array', value: items.map((item) => readValue(item.trim())) };
  }
  return { type: 'string', value: written };
}

const unitsNs: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** `40ms`, `1.5s`, `-2m` in nanoseconds. */
export function readTime(word: string | undefined, line: string): bigint {
  const [, number, unit] = /^(-?[\d.]+)(ns|us|ms|s|m|h)$/.exec(word ?? '') ?? [];
  if (number === undefined)
    throw new Error(`wanted a time such as 40ms, found "${word}" in: ${line}`);
  return BigInt(Math.round(Number(number) * unitsNs[unit!]!));
}

export function printValues(pairs: readonly KeyValue[]): string {
  return pairs.map(printPair).join(' ');
}

export function printPair({ key, value }: KeyValue): string {
  return `${key}=${printValue(value)}`;
}

function printValue(value: AnyValue): string {
  switch (value.type) {
    case 'string': {
      const isPlain = /^[\w/:.-]+$/.test(value.value) && readValue(value.value).type === 'string';
      return isPlain ? value.value : JSON.stringify(value.value);
    }
    case 'double':
      return Number.isInteger(value.value) ? `${value.value}.0` : String(value.value);
    case 'array':
      return `[${value.value.map(printValue).join(',')}]`;
    case 'int':
    case 'bool':
      return String(value.value);
    default:
      return `<${value.type}>`;
  }
}

/** The largest unit that leaves a short number. */
export function printTime(timeNs: bigint): string {
  const size = timeNs < 0n ? -timeNs : timeNs;
  const [unit, unitNs] =
    size >= 10_000_000_000n
      ? ['s', 1e9]
      : size >= 1_000_000n || size === 0n
        ? ['ms', 1e6]
        : size >= 1_000n
          ? ['us', 1e3]
          : ['ns', 1];
  return `${Number(timeNs) / (unitNs as number)}${unit}`;
}
