/**
 * The shape of traces as text: one line per span, children indented, alike neighbours counted.
 *
 *     POST /orders
 *       SELECT stock  x3
 *       charge card  !error
 *       …
 *
 * `x3` stands for three alike, `!error` for a failed span, `!open` for one that did not end; in what
 * is wanted, `…` stands for any further siblings. Never knows: times and ids, so it can be kept.
 */

import type { TestSpan } from './test-span.ts';

interface ShapeNode {
  readonly label: string;
  readonly count: number;
  readonly children: readonly ShapeNode[];
}

const ANY = '…';
const COUNT = /\s+x(\d+)$/;

/** The shape of what was found. */
export function shapeOf(roots: readonly TestSpan[]): string {
  return print(counted(roots.map(nodeOf)), 0).join('\n');
}

/**
 * `undefined` when the shapes agree; else both as a diff: `-` wanted and missing, `+` found and not
 * wanted. Siblings are compared in the order of their starts.
 */
export function shapeDifference(wanted: string, roots: readonly TestSpan[]): string | undefined {
  const want = parse(wanted);
  const found = counted(roots.map(nodeOf));
  if (fits(want, found)) return undefined;
  return difference(print(want, 0), print(found, 0)).join('\n');
}

function nodeOf(span: TestSpan): ShapeNode {
  const marks = `${span.isError ? '  !error' : ''}${span.isOpen ? '  !open' : ''}`;
  const label = `${span.name}${marks}`;
  return { label, count: 1, children: counted(span.children.map(nodeOf)) };
}

/** Neighbours of one shape become one node with their number. */
function counted(nodes: readonly ShapeNode[]): ShapeNode[] {
  const merged: ShapeNode[] = [];
  for (const node of nodes) {
    const last = merged.at(-1);
    if (last?.label === node.label && isSame(last.children, node.children)) {
      merged[merged.length - 1] = { ...last, count: last.count + node.count };
    } else merged.push(node);
  }
  return merged;
}

const isSame = (a: readonly ShapeNode[], b: readonly ShapeNode[]): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

function print(nodes: readonly ShapeNode[], depth: number): string[] {
  return nodes.flatMap(({ label, count, children }) => [
    `${'  '.repeat(depth)}${label}${count > 1 ? `  x${count}` : ''}`,
    ...print(children, depth + 1),
  ]);
}

/** Depth is what a line is indented more than the line above it that is indented less. */
function parse(text: string): ShapeNode[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const read = (from: number, above: number): { nodes: ShapeNode[]; next: number } => {
    const nodes: ShapeNode[] = [];
    let at = from;
    while (at < lines.length && indent(lines[at]!) > above) {
      const line = lines[at]!.trim();
      const { nodes: children, next } = read(at + 1, indent(lines[at]!));
      const count = Number(COUNT.exec(line)?.[1] ?? 1);
      const label = line.replace(COUNT, '').replace(/\s+!/g, '  !');
      nodes.push({ label, count, children: counted(children) });
      at = next;
    }
    return { nodes, next: at };
  };
  return counted(read(0, -1).nodes);
}

const indent = (line: string): number => line.length - line.trimStart().length;

function fits(wanted: readonly ShapeNode[], found: readonly ShapeNode[]): boolean {
  if (wanted.length === 0) return found.length === 0;
  const [want, ...others] = wanted as [ShapeNode, ...ShapeNode[]];
  if (want.label === ANY) {
    return found.some((_, at) => fits(others, found.slice(at))) || fits(others, []);
  }
  const [first, ...rest] = found;
  return (
    first !== undefined &&
    first.label === want.label &&
    first.count === want.count &&
    fits(want.children, first.children) &&
    fits(others, rest)
  );
}

/** The longest common lines stay; the others are marked. Traces of tests are short. */
function difference(wanted: readonly string[], found: readonly string[]): string[] {
  const lengths = wanted.map(() => new Array<number>(found.length + 1).fill(0));
  lengths.push(new Array<number>(found.length + 1).fill(0));
  for (let w = wanted.length - 1; w >= 0; w -= 1) {
    for (let f = found.length - 1; f >= 0; f -= 1) {
      lengths[w]![f] =
        wanted[w] === found[f]
          ? lengths[w + 1]![f + 1]! + 1
          : Math.max(lengths[w + 1]![f]!, lengths[w]![f + 1]!);
    }
  }
  const lines: string[] = [];
  let w = 0;
  let f = 0;
  while (w < wanted.length || f < found.length) {
    if (w < wanted.length && f < found.length && wanted[w] === found[f]) {
      lines.push(`  ${wanted[w]}`);
      w += 1;
      f += 1;
    } else if (
      f >= found.length ||
      (w < wanted.length && lengths[w + 1]![f]! >= lengths[w]![f + 1]!)
    ) {
      lines.push(`- ${wanted[w]}`);
      w += 1;
    } else {
      lines.push(`+ ${found[f]}`);
      f += 1;
    }
  }
  return lines;
}
