/**
 * OTLP/JSON of one trace → rows in tree order with the tree's lines, ready to print.
 *
 * Pure. Never knows: widths, colours, where the trace came from.
 */

export interface OtlpTrace {
  readonly resourceSpans?: readonly OtlpResourceSpans[];
}
interface OtlpResourceSpans {
  readonly resource?: { readonly attributes?: readonly OtlpAttribute[] };
  readonly scopeSpans?: readonly { readonly spans?: readonly OtlpSpan[] }[];
}
interface OtlpAttribute {
  readonly key?: string;
  readonly value?: Readonly<Record<string, unknown>>;
}
interface OtlpSpan {
  readonly traceId?: string;
  readonly spanId?: string;
  readonly parentSpanId?: string;
  readonly name?: string;
  readonly kind?: number;
  readonly startTimeUnixNano?: string | number;
  readonly endTimeUnixNano?: string | number;
  readonly status?: { readonly code?: number; readonly message?: string };
  readonly events?: readonly {
    readonly timeUnixNano?: string | number;
    readonly name?: string;
    readonly attributes?: readonly OtlpAttribute[];
  }[];
  readonly links?: readonly { readonly traceId?: string; readonly spanId?: string }[];
}

export interface TraceRow {
  readonly service: string;
  readonly name: string;
  readonly spanId: string;
  /** `├─ `, `│  └─ `, … */
  readonly prefix: string;
  /** What continues below this row, for its event lines. */
  readonly prefixBelow: string;
  /** Nanoseconds from the start of the trace. */
  readonly startNs: number;
  readonly durationNs: number;
  readonly isError: boolean;
  readonly statusMessage: string;
  readonly isParentMissing: boolean;
  readonly events: readonly RowEvent[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
}

export interface RowEvent {
  readonly name: string;
  /** Nanoseconds from the start of the trace. */
  readonly atNs: number;
  /** `exception.type: exception.message` of an exception event, else empty. */
  readonly says: string;
}

export interface TraceRows {
  readonly traceId: string;
  readonly startNs: bigint;
  readonly durationNs: number;
  readonly errors: number;
  /** In order of first appearance. */
  readonly services: readonly string[];
  readonly rows: readonly TraceRow[];
}

interface Node {
  readonly span: OtlpSpan;
  readonly service: string;
  readonly start: bigint;
  readonly end: bigint;
  children: Node[];
  isParentMissing: boolean;
}

export function traceRows(trace: OtlpTrace): TraceRows {
  const nodes = nodesOf(trace);
  // Sorted by start, so the first is the earliest.
  const startNs = nodes[0]?.start ?? 0n;
  let endNs = startNs;
  for (const { end } of nodes) if (end > endNs) endNs = end;
  const rows = inTreeOrder(rootsOf(nodes), startNs);
  return {
    traceId: nodes[0]?.span.traceId ?? '',
    startNs,
    durationNs: Number(endNs - startNs),
    errors: rows.filter((row) => row.isError).length,
    services: [...new Set(rows.map((row) => row.service))],
    rows,
  };
}

function nodesOf(trace: OtlpTrace): Node[] {
  const nodes: Node[] = [];
  for (const { resource, scopeSpans } of trace.resourceSpans ?? []) {
    const service = textOf(resource?.attributes, 'service.name') || 'unknown_service';
    for (const span of (scopeSpans ?? []).flatMap((scope) => scope.spans ?? [])) {
      const start = BigInt(span.startTimeUnixNano ?? 0);
      const end = BigInt(span.endTimeUnixNano ?? 0);
      const node = { span, service, start, end: end < start ? start : end };
      nodes.push({ ...node, children: [], isParentMissing: false });
    }
  }
  return nodes.sort(byStart);
}

function byStart(a: Node, b: Node): number {
  if (a.start !== b.start) return a.start < b.start ? -1 : 1;
  return (a.span.spanId ?? '') < (b.span.spanId ?? '') ? -1 : 1;
}

/** Links children to parents; what hangs on no root (a cycle) is cut at its earliest span. */
function rootsOf(nodes: readonly Node[]): Node[] {
  const byId = new Map<string, Node>();
  for (const node of nodes) {
    const id = node.span.spanId ?? '';
    if (!byId.has(id)) byId.set(id, node);
  }
  const roots: Node[] = [];
  for (const node of nodes) {
    const parentId = node.span.parentSpanId ?? '';
    const parent = parentId === '' ? undefined : byId.get(parentId);
    node.isParentMissing = parentId !== '' && parent === undefined;
    if (parent === undefined || parent === node) roots.push(node);
    else parent.children.push(node);
  }
  const reached = new Set<Node>();
  for (const root of roots) reach(root, reached);
  for (const node of nodes) {
    if (reached.has(node)) continue;
    roots.push(node);
    reach(node, reached);
  }
  return roots;
}

/** Marks everything below `root`, and cuts edges that lead back to what was reached before. */
function reach(root: Node, reached: Set<Node>): void {
  reached.add(root);
  for (let stack = [root], node = stack.pop(); node !== undefined; node = stack.pop()) {
    node.children = node.children.filter((child) => !reached.has(child));
    for (const child of node.children) reached.add(child);
    for (const child of node.children) stack.push(child);
  }
}

/** Deeper levels are drawn like this one: no terminal is wide enough for more. */
const DRAWN_DEPTH_MAX = 32;
const LEVEL_COLUMNS = 3;

/** Depth first with an own stack: traces may be thousands of spans deep. */
function inTreeOrder(roots: readonly Node[], startNs: bigint): TraceRow[] {
  const rows: TraceRow[] = [];
  const stack = roots.map((node) => ({ node, prefix: '', below: '' })).reverse();
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { node, prefix, below } = next;
    const { children } = node;
    const isTooDeep = below.length >= DRAWN_DEPTH_MAX * LEVEL_COLUMNS;
    rows.push(rowOf(node, prefix, children.length > 0 ? `${below}│  ` : `${below}   `, startNs));
    for (let at = children.length - 1; at >= 0; at--) {
      const isLast = at === children.length - 1;
      stack.push({
        node: children[at] as Node,
        prefix: `${below}${isLast ? '└─ ' : '├─ '}`,
        below: isTooDeep ? below : `${below}${isLast ? '   ' : '│  '}`,
      });
    }
  }
  return rows;
}

function rowOf(node: Node, prefix: string, prefixBelow: string, traceStart: bigint): TraceRow {
  const { span, service, start, end } = node;
  return {
    service,
    name: span.name ?? '',
    spanId: span.spanId ?? '',
    prefix,
    prefixBelow,
    startNs: Number(start - traceStart),
    durationNs: Number(end - start),
    isError: span.status?.code === 2,
    statusMessage: span.status?.message ?? '',
    isParentMissing: node.isParentMissing,
    events: (span.events ?? []).map((event) => ({
      name: event.name ?? '',
      atNs: Number(BigInt(event.timeUnixNano ?? 0) - traceStart),
      says: exceptionText(event.attributes),
    })),
    links: (span.links ?? []).map((link) => ({
      traceId: link.traceId ?? '',
      spanId: link.spanId ?? '',
    })),
  };
}

function exceptionText(attributes: readonly OtlpAttribute[] | undefined): string {
  return [textOf(attributes, 'exception.type'), textOf(attributes, 'exception.message')]
    .filter((text) => text !== '')
    .join(': ');
}

function textOf(attributes: readonly OtlpAttribute[] | undefined, key: string): string {
  const value = attributes?.find((one) => one.key === key)?.value?.['stringValue'];
  return typeof value === 'string' ? value : '';
}
