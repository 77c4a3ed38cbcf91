/**
 * How long operations usually take and how often they fail, from the counts kept per minute.
 *
 * Never knows: traces.
 */
import type { RedStep, TimeRange } from '@clew/query';
import type { ToolContext } from './tool.ts';

export type Usual = {
  readonly service: string;
  readonly name: string;
  readonly spans: number;
  readonly errors: number;
  readonly p50Ns: number;
  readonly p95Ns: number;
};

const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;

/** By `key`; one entry per operation, or per service with an empty name. */
export async function usualOf(
  { query, signal }: ToolContext,
  services: readonly string[],
  range: TimeRange,
  byOperation = true,
): Promise<ReadonlyMap<string, Usual>> {
  const minutes = Number((range.toNs - range.fromNs) / 60_000_000_000n) + 2;
  const filter = { services, kinds, range, stepMinutes: minutes, byOperation };
  const steps = await query.red(filter, { signal });
  const merged = new Map<string, RedStep[]>();
  for (const step of steps) {
    const own = keyOf(step.service, step.name);
    merged.set(own, [...(merged.get(own) ?? []), step]);
  }
  return new Map([...merged].map(([own, parts]) => [own, usual(parts)]));
}

export function keyOf(service: string, name: string): string {
  return JSON.stringify([service, name]);
}

/** The range may touch two steps. */
function usual(parts: readonly RedStep[]): Usual {
  const counts = new Map<number, number>();
  for (const { durations } of parts) {
    const [buckets, spans] = durations;
    buckets.forEach((bucket, at) => {
      counts.set(bucket, (counts.get(bucket) ?? 0) + Number(spans[at]));
    });
  }
  const sorted = [...counts].sort(([a], [b]) => a - b);
  const { service, name } = parts[0]!;
  return {
    service,
    name,
    spans: parts.reduce((sum, part) => sum + part.spans, 0),
    errors: parts.reduce((sum, part) => sum + part.errors, 0),
    p50Ns: quantile(sorted, 0.5),
    p95Ns: quantile(sorted, 0.95),
  };
}

/** Durations of bucket b lie between 2^(b/8) and 2^((b+1)/8) ns; the middle stands for them. */
function quantile(sorted: readonly (readonly [bucket: number, spans: number])[], share: number) {
  const all = sorted.reduce((sum, [, spans]) => sum + spans, 0);
  let before = 0;
  for (const [bucket, spans] of sorted) {
    before += spans;
    if (before >= share * all) return 2 ** ((bucket + 0.5) / 8);
  }
  return 0;
}
