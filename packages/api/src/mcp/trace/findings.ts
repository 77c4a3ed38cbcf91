/**
 * What makes a trace slow, as facts: operations by self time, gaps, calls that repeat, retries.
 *
 * Never knows: words.
 */
import { type TraceTree, uncovered } from './tree.ts';

export type OperationShare = {
  readonly service: string;
  readonly name: string;
  readonly spans: number;
  readonly errors: number;
  readonly selfNs: number;
  readonly criticalNs: number;
  /** The longest of its spans. */
  readonly longestNs: number;
};

/** Most on the critical path first, then by self time. */
export function operationShares(trees: readonly TraceTree[]): readonly OperationShare[] {
  const shares = new Map<
    string,
    { -readonly [Key in keyof OperationShare]: OperationShare[Key] }
  >();
  for (const tree of trees) {
    for (let row = 0; row < tree.rows; row++) {
      const [service, name] = [tree.service(row), tree.name(row)];
      const key = JSON.stringify([service, name]);
      const share = shares.get(key) ?? {
        service,
        name,
        spans: 0,
        errors: 0,
        selfNs: 0,
        criticalNs: 0,
        longestNs: 0,
      };
      share.spans++;
      share.errors += tree.isError(row) ? 1 : 0;
      share.selfNs += tree.selfNs[row]!;
      share.criticalNs += tree.criticalNs[row]!;
      share.longestNs = Math.max(share.longestNs, tree.columns.duration[row]!);
      shares.set(key, share);
    }
  }
  return [...shares.values()].sort((a, b) => b.criticalNs - a.criticalNs || b.selfNs - a.selfNs);
}

export type Gap = { readonly row: number; readonly fromNs: number; readonly toNs: number };

/** Where a span that calls others waited or worked by itself for long: longest first. */
export function gapsOf(tree: TraceTree, leastShare = 0.05): readonly Gap[] {
  const least = tree.durationNs * leastShare;
  const gaps: Gap[] = [];
  for (let row = 0; row < tree.rows; row++) {
    const own = tree.children[row]!;
    if (own.length === 0 || tree.criticalNs[row]! < least) continue;
    for (const [fromNs, toNs] of uncovered(tree.columns, row, own)) {
      if (toNs - fromNs >= least) gaps.push({ row, fromNs, toNs });
    }
  }
  return gaps.sort((a, b) => b.toNs - b.fromNs - (a.toNs - a.fromNs));
}

export type Repeat = {
  readonly parent: number;
  readonly rows: readonly number[];
  readonly totalNs: number;
  /** None started before the one before it had ended. */
  readonly isSequential: boolean;
  readonly errors: number;
  /** An error first, and then the same call again. */
  readonly isRetry: boolean;
};

const repeatsMin = 3;

/** The same call, made again and again by one span; longest in all first. */
export function repeatsOf(tree: TraceTree): readonly Repeat[] {
  const found: Repeat[] = [];
  tree.children.forEach((own, parent) => {
    const byKind = new Map<string, number[]>();
    for (const row of own) {
      const key = `${tree.columns.service[row]} ${tree.columns.name[row]}`;
      byKind.set(key, [...(byKind.get(key) ?? []), row]);
    }
    for (const rows of byKind.values()) {
      const errors = rows.filter(tree.isError).length;
      const isRetry = rows.length > 1 && tree.isError(rows[0]!);
      if (rows.length < repeatsMin && !isRetry) continue;
      const totalNs = rows.reduce((sum, row) => sum + tree.columns.duration[row]!, 0);
      found.push({
        parent,
        rows,
        totalNs,
        isSequential: isSequential(tree, rows),
        errors,
        isRetry,
      });
    }
  });
  return found.sort((a, b) => b.totalNs - a.totalNs);
}

function isSequential({ columns: { start, duration } }: TraceTree, rows: readonly number[]) {
  return rows.every((row, at) => {
    const before = rows[at - 1];
    return before === undefined || start[row]! >= start[before]! + duration[before]!;
  });
}
