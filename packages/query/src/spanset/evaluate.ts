/**
 * Whole traces → the spansets that a search makes of them.   before: search-traces.ts, search-spans.ts   after: pipeline.ts
 *
 * Operands and aggregates see all spans of a trace, wherever in time; of what comes out, the spans that start in the
 * range asked about are given. Traces are read in batches whose spans fit into one answer of the engine.
 *
 * Never knows: SQL text, order, pages.
 */
import type { Statement } from '@clew/store';
import {
  type Field,
  type FieldExpression,
  printField,
  type SearchExpression,
  type Stage,
} from '@clew/traceql';
import { fieldsOf, isOfSpan, isOfTree } from '../fields.ts';
import type { TimeRange } from '../question.ts';
import type { Run } from '../run.ts';
import { spansetStatement } from '../sql/spanset.ts';
import { type EvaluateTrace, evaluatorOf, type Spanset } from './pipeline.ts';
import { createReads, type Give, type Reads } from './reads.ts';
import { type SpanColumns, type TraceRows, tracesIn } from './trace-rows.ts';

export type Evaluation = {
  /** Traces without a spanset are left out. */
  evaluate(traceIds: readonly string[]): Promise<readonly Evaluated[]>;
  /** Fields that are shown of each span, and those of them that the tree of the trace gives. */
  readonly shown: { readonly ofSpan: readonly Field[]; readonly ofTree: readonly TreeField[] };
  /** Gives the fields that were asked for besides. */
  readonly fields: readonly Give[];
  /** True when a trace had as many spans as are read at once, or more: what was made of it may lack some. */
  hasCut(): boolean;
  /** What is read of some traces. */
  statement(traceIds: readonly string[]): Statement;
};

export type TreeField = { readonly name: string; readonly give: Give };

export type Evaluated = { readonly trace: TraceRows; readonly spansets: readonly Spanset[] };

export type EvaluationOf = {
  readonly search: SearchExpression;
  readonly tenant: string;
  readonly range: TimeRange;
  readonly run: Run;
  /** Spans that are read at once; a single trace with more is cut to this. */
  readonly spansMax: number;
  /** What else is asked of each span. */
  readonly fields?: readonly Field[];
};

export function createEvaluation(of: EvaluationOf): Evaluation {
  const { search, tenant, range, run, spansMax } = of;
  const reads = createReads();
  const evaluateTrace = evaluatorOf(search, reads);
  const shown = shownOf(search, reads);
  const fields = (of.fields ?? []).map(reads.give);
  const isOfTrees = shown.ofTree.length > 0 || (of.fields ?? []).some(isOfTree);
  const only = isOfTrees ? null : onlyOf(search, reads);
  const statement = (traceIds: readonly string[]) => {
    const { conditions, values, lists } = reads;
    const read = { tenant, traceIds, range, conditions, values, lists, only };
    return spansetStatement({ ...read, limit: spansMax });
  };

  let hasCut = false;
  const evaluate = async (traceIds: readonly string[]): Promise<readonly Evaluated[]> => {
    if (traceIds.length === 0) return [];
    const columns = await run.columns<Record<string, unknown[]>>(statement(traceIds));
    if (columns === null) return [];
    const read = columnsOf(columns, reads);
    if (read.traceId.length === spansMax && traceIds.length > 1) {
      const half = Math.ceil(traceIds.length / 2);
      const first = await evaluate(traceIds.slice(0, half));
      return [...first, ...(await evaluate(traceIds.slice(half)))];
    }
    hasCut ||= read.traceId.length === spansMax;
    return tracesIn(read).flatMap((trace) => asked(trace, evaluateTrace));
  };

  return { evaluate, shown, fields, hasCut: () => hasCut, statement };
}

/** Facts of the whole trace are shown beside the trace, not beside each span. */
function shownOf(search: SearchExpression, reads: Reads): Evaluation['shown'] {
  const fields = [...new Map(fieldsIn(search).map((field) => [printField(field), field])).values()];
  const ofTree = fields.filter(isOfTree);
  return {
    ofSpan: fields.filter(isOfSpan),
    ofTree: ofTree.map((field) => ({ name: printField(field), give: reads.give(field) })),
  };
}

type Node = SearchExpression | Stage;

function fieldsIn(of: Node): readonly Field[] {
  switch (of.kind) {
    case 'pipeline':
      return of.stages.flatMap(fieldsIn);
    case 'pipeline-binary':
    case 'spanset-binary':
      return [...fieldsIn(of.left), ...fieldsIn(of.right)];
    case 'filter':
      return of.where === null ? [] : fieldsOf(of.where);
    case 'group':
      return fieldsOf(of.by);
    case 'select':
      return of.fields;
    case 'scalar-filter':
      return of.left.kind === 'aggregate' && of.left.of !== null ? fieldsOf(of.left.of) : [];
    case 'coalesce':
      return [];
  }
}

function asked(trace: TraceRows, evaluateTrace: EvaluateTrace): readonly Evaluated[] {
  const rows = Array.from({ length: trace.count }, (_, row) => row);
  const { columns, at } = trace;
  const spansets = evaluateTrace(trace, [{ rows, said: [] }]).flatMap((set) => {
    const inRange = set.rows.filter((row) => columns.isAsked[at + row] === 1);
    return inRange.length === 0 ? [] : [{ ...set, rows: inRange }];
  });
  return spansets.length === 0 ? [] : [{ trace, spansets }];
}

function columnsOf(columns: Record<string, unknown[]>, reads: Reads): SpanColumns {
  return {
    ...(columns as unknown as Omit<SpanColumns, 'holds' | 'cells' | 'lists'>),
    holds: reads.conditions.map((_, at) => columns[`b${at}`] as number[]),
    cells: reads.values.map((_, at) => columns[`c${at}`] as string[]),
    lists: reads.lists.map((_, at) => columns[`l${at}`] as string[][]),
  };
}

/**
 * Without structural operators and without facts of whole traces, other spans than those that filters choose say nothing:
 * they need not be read. Null when all are needed.
 */
function onlyOf(search: SearchExpression, reads: Reads): readonly FieldExpression[] | null {
  const chosen = chosenBy(search);
  // What lists are read for is compared with the tree.
  if (reads.lists.length > 0) return null;
  const looked = [...reads.conditions, ...reads.values];
  if (chosen === null || !looked.every(isOfSpan)) return null;
  const all = chosen.filter((where) => where !== null);
  return all.length === chosen.length && all.every(isOfSpan) ? all : null;
}

type Chosen = readonly (FieldExpression | null)[] | null;

function chosenBy(of: Node): Chosen {
  switch (of.kind) {
    case 'filter':
      return [of.where];
    case 'pipeline': {
      const later = of.stages.slice(1).map(chosenBy);
      return later.includes(null) ? null : chosenBy(of.stages[0]!);
    }
    case 'spanset-binary':
    case 'pipeline-binary': {
      if (of.operator !== '&&' && of.operator !== '||') return null;
      const [left, right] = [chosenBy(of.left), chosenBy(of.right)];
      return left === null || right === null ? null : [...left, ...right];
    }
    default:
      return [null];
  }
}
