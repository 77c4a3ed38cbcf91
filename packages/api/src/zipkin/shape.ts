/**
 * Lists of `query` → lists of Zipkin.
 *
 * Never knows: HTTP.
 */
import type { Dependency, SeenAttribute } from '@clew/query';

/** Lower case, each once, in order; without a name nothing can be picked. */
export function namesShape(names: readonly string[]): string[] {
  const lower = names.map((name) => name.toLowerCase()).filter((name) => name !== '');
  return [...new Set(lower)].sort();
}

export type Link = {
  readonly parent: string;
  readonly child: string;
  readonly callCount: number;
  readonly errorCount?: number;
};

/** Services whose names differ in case only are one to Zipkin, and a service does not call itself. */
export function linksShape(found: readonly Dependency[]): Link[] {
  const sums = new Map<string, Dependency>();
  for (const { parent, child, calls, errors } of found) {
    const [from, to] = [parent.toLowerCase(), child.toLowerCase()];
    if (from === to) continue;
    const key = JSON.stringify([from, to]);
    const before = sums.get(key) ?? { calls: 0, errors: 0 };
    const sum = { calls: before.calls + calls, errors: before.errors + errors };
    sums.set(key, { parent: from, child: to, ...sum });
  }
  return [...sums.values()].map(({ parent, child, calls, errors }) => ({
    parent,
    child,
    callCount: calls,
    ...(errors === 0 ? {} : { errorCount: errors }),
  }));
}

/** The catalogue keeps this many values of a key at most; a key that reaches it has too many to pick from. */
const samplesMax = 20;

/** Keys worth completing, the most used first: those of spans and resources with few values. */
export function completedKeys(attributes: readonly SeenAttribute[]): string[] {
  const keys = attributes
    .filter(({ scope, type }) => (scope === 'span' || scope === 'resource') && type !== 'other')
    .filter(({ samples }) => samples.length > 0 && samples.length < samplesMax)
    .map(({ key }) => key)
    .filter((key) => key !== 'service.name');
  return [...new Set(keys)];
}
