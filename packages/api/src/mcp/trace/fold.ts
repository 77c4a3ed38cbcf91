/**
 * A trace as lines: siblings that do the same are one line, the critical path is marked, errors are named.
 *
 * Never knows: how many lines fit.
 */
import { percent, printDuration } from '../words.ts';
import type { TraceTree } from './tree.ts';

/** From so many on, siblings of one service and name are folded into one line. */
const foldedMin = 3;
const depthMax = 60;

type Group = { readonly rows: readonly number[]; readonly depth: number };

export function foldedLines(tree: TraceTree): readonly string[] {
  const lines: string[] = [];
  const todo: Group[] = groups(tree, tree.roots, 0).reverse();
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    lines.push(lineOf(tree, next));
    const below = next.rows.flatMap((row) => tree.children[row]!);
    if (next.depth < depthMax) todo.push(...groups(tree, below, next.depth + 1).reverse());
    else if (below.length > 0) lines.push(`${'  '.repeat(next.depth + 1)}… deeper levels left out`);
  }
  return lines;
}

/** In order of start; few of a kind stay single. */
function groups(tree: TraceTree, rows: readonly number[], depth: number): Group[] {
  const byKind = new Map<string, number[]>();
  for (const row of rows) {
    const key = `${tree.columns.service[row]} ${tree.columns.name[row]}`;
    const kind = byKind.get(key);
    if (kind === undefined) byKind.set(key, [row]);
    else kind.push(row);
  }
  const found = [...byKind.values()].flatMap((kind): Group[] =>
    kind.length >= foldedMin
      ? [{ rows: kind, depth }]
      : kind.map((row): Group => ({ rows: [row], depth })),
  );
  return found.sort((a, b) => a.rows[0]! - b.rows[0]!);
}

function lineOf(tree: TraceTree, { rows, depth }: Group): string {
  const [first] = rows as [number];
  const { start, duration } = tree.columns;
  const sum = (of: Float64Array) => rows.reduce((total, row) => total + of[row]!, 0);
  const critical = sum(tree.criticalNs);
  const errors = rows.filter(tree.isError).length;
  const facts =
    rows.length === 1
      ? [
          printDuration(duration[first]!),
          `self ${printDuration(tree.selfNs[first]!)}`,
          `at +${printDuration(start[first]!)}`,
        ]
      : [
          `${printDuration(sum(duration))} in all`,
          `each ${printDuration(Math.min(...extremes(rows, duration)))} to ${printDuration(Math.max(...extremes(rows, duration)))}`,
          `self ${printDuration(sum(tree.selfNs))}`,
        ];
  if (critical > 0) facts.push(`critical ${percent(critical, tree.durationNs)}`);
  if (errors > 0) facts.push(rows.length === 1 ? 'ERROR' : `${errors} ERRORS`);
  if (rows.length === 1) facts.push(`span ${tree.spanId(first)}`);
  const count = rows.length === 1 ? '' : `×${rows.length} `;
  const mark = critical > 0 ? '*' : '-';
  return `${'  '.repeat(depth)}${mark} ${count}${tree.service(first)}: ${tree.name(first)} (${facts.join(', ')})`;
}

/** Least and most without spreading a long list over the stack. */
function extremes(rows: readonly number[], of: Float64Array): readonly [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (const row of rows) {
    least = Math.min(least, of[row]!);
    most = Math.max(most, of[row]!);
  }
  return [least, most];
}
