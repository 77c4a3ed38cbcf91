/** `explain_slow`: where the time of a trace went, or of the slowest traces that a query finds. */
import { textQuestion } from '@clew/query';
import * as v from 'valibot';
import { explorePath, tracePath } from '../links.ts';
import type { Report, Section } from '../report.ts';
import { from, maxTokens, rangeIn, type ToolContext, to, tool, traceql } from '../tool.ts';
import { gapsOf, type OperationShare, operationShares, repeatsOf } from '../trace/findings.ts';
import { type TraceTree, treeOf } from '../trace/tree.ts';
import { keyOf, type Usual, usualOf } from '../usual.ts';
import { counted, percent, printDuration, printRange } from '../words.ts';
import { errorLines } from './error-lines.ts';
import { readTree, traceId, traceNotes } from './get-trace.ts';

/** Traces that are read whole when a query is asked about. */
const readMax = 5;
/** Traces among which the slowest are looked for. */
const searchedMax = 200;
/** From so many spans on, "usual" means something. */
const usualMin = 20;

export const explainSlow = tool({
  name: 'explain_slow',
  title: 'Explain slowness',
  description:
    'Where the time went: critical path and self time by operation, compared with how long each usually takes; gaps in which nothing ran below, calls repeated one after another (N+1), retries, errors. Give a traceId, or a TraceQL query whose slowest traces are explained.',
  input: v.strictObject({
    traceId: v.optional(traceId),
    q: v.optional(traceql('traces of which the slowest are explained')),
    from,
    to,
    maxTokens,
  }),
  async answer(given, context) {
    if (given.traceId !== undefined) {
      const tree = await readTree(given.traceId, context);
      const sections = await explain(tree, [tree], context);
      const { traceId: id } = tree.columns;
      return { query: `trace ${id}`, path: tracePath(id), notes: traceNotes(tree), sections };
    }
    return slowest(given.q ?? '{ }', rangeIn(given, context), context);
  },
});

async function slowest(
  q: string,
  range: ReturnType<typeof rangeIn>,
  context: ToolContext,
): Promise<Report> {
  const asker = { signal: context.signal };
  const page = { limit: searchedMax, cursor: null };
  const found = await context.query.searchTraces(textQuestion(q, range), page, asker);
  const hits = [...found.hits].sort((a, b) => b.durationNs - a.durationNs);
  const path = explorePath(found.traceql, range);
  const trees: TraceTree[] = [];
  for (const hit of hits.slice(0, readMax)) {
    const columns = await context.query.traceColumns(hit.traceId, asker);
    if (columns !== null) trees.push(treeOf(columns));
  }
  const [first] = trees;
  if (first === undefined) {
    const notes = [`nothing matches ${printRange(range, context.nowMs)}; why_empty tells why`];
    return { query: found.traceql, path, notes, sections: [] };
  }
  const middle = hits[Math.floor(hits.length / 2)]!.durationNs;
  const notes = [
    `the slowest of ${counted(hits.length, 'trace')} ${printRange(range, context.nowMs)}${found.cursor === null ? '' : ' (the newest that match)'}; their median is ${printDuration(middle)}`,
    `explained is trace ${first.columns.traceId}; shares by operation are of the ${trees.length} slowest`,
  ];
  const list = hits
    .slice(0, readMax)
    .map(
      (hit) =>
        `- trace ${hit.traceId}: ${hit.rootService}: ${hit.rootName}, ${printDuration(hit.durationNs)}, ${counted(hit.errors, 'error')}`,
    );
  const sections = await explain(first, trees, context);
  return {
    query: found.traceql,
    path,
    notes,
    sections: [...sections, { title: 'Slowest traces', lines: list }],
  };
}

async function explain(
  tree: TraceTree,
  trees: readonly TraceTree[],
  context: ToolContext,
): Promise<Section[]> {
  const shares = operationShares(trees);
  const services = [...new Set(shares.slice(0, 100).map(({ service }) => service))];
  const usual = await usualOf(context, services, rangeIn({}, context));
  const total = trees.reduce((sum, each) => sum + each.durationNs, 0);
  const lines = shares
    .filter(({ criticalNs, selfNs }) => criticalNs > 0 || selfNs > 0)
    .map((share) => shareLine(share, total, usual.get(keyOf(share.service, share.name))));
  return [
    { title: 'In short', lines: summary(tree, shares, total, usual) },
    { title: 'Time by operation, critical path first', lines },
    { title: 'Repeated calls', lines: repeatLines(tree) },
    { title: 'Gaps: nothing ran below', lines: gapLines(tree) },
    { title: 'Errors', lines: await errorLines(tree, context) },
  ].filter((section) => section.lines.length > 0);
}

function shareLine(share: OperationShare, total: number, usual: Usual | undefined): string {
  const errors = share.errors > 0 ? `, ${counted(share.errors, 'ERROR')}` : '';
  return `- ${share.service}: ${share.name}: critical ${percent(share.criticalNs, total)} (${printDuration(share.criticalNs)}), self ${printDuration(share.selfNs)} in ${counted(share.spans, 'span')}${errors}${usualText(share, usual)}`;
}

function usualText({ longestNs }: OperationShare, usual: Usual | undefined): string {
  if (usual === undefined || usual.spans < usualMin) return '; too few others to say what is usual';
  const factor = longestNs / usual.p50Ns;
  const words =
    longestNs > usual.p95Ns * 1.1 ? `UNUSUAL: ${factor.toFixed(1)} × its median` : 'as usual';
  return `; ${words}, longest here ${printDuration(longestNs)}, usually p50 ${printDuration(usual.p50Ns)} p95 ${printDuration(usual.p95Ns)} of ${counted(usual.spans, 'span')}`;
}

/** The findings that a person would say first. */
function summary(
  tree: TraceTree,
  shares: readonly OperationShare[],
  total: number,
  usual: ReadonlyMap<string, Usual>,
): string[] {
  const lines: string[] = [];
  const [top] = shares;
  if (top !== undefined && top.criticalNs > 0) {
    lines.push(
      `${percent(top.criticalNs, total)} of the time was waited for ${top.service}: ${top.name}`,
    );
  }
  const [repeat] = repeatsOf(tree);
  if (repeat !== undefined) lines.push(repeatText(tree, repeat));
  const unusual = shares.find(({ service, name, longestNs, criticalNs }) => {
    const own = usual.get(keyOf(service, name));
    return (
      own !== undefined && own.spans >= usualMin && criticalNs > 0 && longestNs > own.p95Ns * 1.1
    );
  });
  if (unusual !== undefined) {
    const own = usual.get(keyOf(unusual.service, unusual.name))!;
    lines.push(
      `${unusual.service}: ${unusual.name} took ${printDuration(unusual.longestNs)}; 95 % of its spans take at most ${printDuration(own.p95Ns)}`,
    );
  }
  return lines;
}

function repeatLines(tree: TraceTree): string[] {
  return repeatsOf(tree)
    .slice(0, 20)
    .map((repeat) => `- ${repeatText(tree, repeat)}`);
}

function repeatText(tree: TraceTree, repeat: ReturnType<typeof repeatsOf>[number]): string {
  const [first] = repeat.rows as [number];
  const call = `${tree.service(first)}: ${tree.name(first)}`;
  const by = `${tree.service(repeat.parent)}: ${tree.name(repeat.parent)}`;
  const how = repeat.isSequential ? 'one after another' : 'partly at the same time';
  const what = repeat.isRetry
    ? `retried after an error (${repeat.errors} of ${repeat.rows.length} failed)`
    : repeat.isSequential
      ? 'N+1 calls'
      : 'repeated calls';
  return `${by} made ${repeat.rows.length} calls of ${call} ${how}: ${printDuration(repeat.totalNs)} in all, ${what}`;
}

function gapLines(tree: TraceTree): string[] {
  return gapsOf(tree)
    .slice(0, 10)
    .map(
      ({ row, fromNs, toNs }) =>
        `- ${tree.service(row)}: ${tree.name(row)}: ${printDuration(toNs - fromNs)} from +${printDuration(fromNs)} to +${printDuration(toNs)} without a child span (own work, or a call that is not traced)`,
    );
}
