/**
 * A duration in a URL: `500ms`, `1.5s`, `1h30m`, or a bare number of nanoseconds.
 *
 * Never knows: which parameter it came from.
 */

const unitNs: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
  w: 604_800_000_000_000n,
};

const part = /(\d+)(?:\.(\d+))?(ns|us|µs|μs|ms|s|m|h|d|w)/y;

/** Durations are stored as unsigned 64-bit numbers of nanoseconds. */
const durationNsMax = 2n ** 63n - 1n;

/** What a wanted duration looks like, for messages. */
export const durationForm = 'a duration such as 500ms or 1.5s';

/** Whole nanoseconds (a fraction below one is cut), or undefined when the text is no duration. */
export function parseDurationNs(text: string): bigint | undefined {
  const total = /^\d+$/.test(text) ? BigInt(text) : sumOfParts(text);
  return total === undefined || total > durationNsMax ? undefined : total;
}

function sumOfParts(text: string): bigint | undefined {
  let total = 0n;
  part.lastIndex = 0;
  if (text === '' || text.length > 64) return undefined;
  for (let at = 0; at < text.length; at = part.lastIndex) {
    const found = part.exec(text);
    if (found === null) return undefined;
    const [, whole = '', fraction = '', unit = ''] = found;
    const ns = unitNs[unit]!;
    total +=
      BigInt(whole) * ns + (BigInt(`${fraction}0`) * ns) / 10n ** BigInt(fraction.length + 1);
  }
  return total;
}
