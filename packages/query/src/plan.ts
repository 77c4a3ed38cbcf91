/**
 * What is to be read, as a tree, before there is any SQL: about ten kinds of node, each printed by one entry of a table.
 *
 * The plan can be printed for people, so question, plan and SQL can be read side by side.
 *
 * Never knows: SQL, the engine.
 */
import {
  type FieldExpression,
  printField,
  printSearch,
  type SpansetExpression,
} from '@clew/traceql';
import type { TimeRange } from './question.ts';

export type Plan = Scan | Filter | Meet | Group | Select | Order | Page;

/** The spans of a tenant that start within a range. */
export type Scan = { readonly kind: 'scan'; readonly tenant: string; readonly range: TimeRange };

/** Those of which a condition is true. */
export type Filter = {
  readonly kind: 'filter';
  readonly input: Plan;
  readonly where: FieldExpression;
};

/** Those whose trace has, somewhere, spans that meet some needs; and those of which that is not certain. */
export type Meet = Needs & {
  readonly kind: 'meet';
  readonly input: Plan;
  readonly tenant: string;
  readonly range: TimeRange;
};

export type Needs = {
  /** A span for each of these. */
  readonly alsoHas: readonly FieldExpression[];
  /** A pair of spans for each of these. */
  readonly related: readonly Pair[];
  /** A pair `>` of which the given span itself is the lower one. */
  readonly child: Pair | null;
  /** Something that the whole trace must select; null when pairs say all there is to say. */
  readonly shape: Shape | null;
};

/** Filters are conditions on single spans. Only a trace with a span of `among` can select any. */
export type Shape = { readonly of: SpansetExpression; readonly among: Where };

/** A condition on a span; null holds of all. */
export type Where = FieldExpression | null;

/** Two spans, the upper one parent (`>`), ancestor (`>>`) or sibling (`~`) of the lower one. */
export type Pair = {
  readonly relation: '>' | '>>' | '~';
  readonly upper: Where;
  readonly lower: Where;
};

/** One row per trace: where its newest span among the input stands. */
export type Group = { readonly kind: 'group'; readonly input: Plan; readonly by: 'trace' };

/** What a row shows: a span for a list, or the place of a trace. */
export type Select = {
  readonly kind: 'select';
  readonly input: Plan;
  readonly row: 'span' | 'trace';
};

/** Newest start first, ties by trace id and span id, so that the order is total. */
export type Order = { readonly kind: 'order'; readonly input: Plan; readonly by: 'newest' };

/** At most `limit` rows, those after a place in that order. */
export type Page = {
  readonly kind: 'page';
  readonly input: Plan;
  readonly limit: number;
  readonly after: Place | null;
};

/** A place in the newest-first order. Ids are hex; a trace's place has an empty span id. */
export type Place = { readonly startNs: bigint; readonly traceId: string; readonly spanId: string };

/** The plan as text, the last step first, each step's input indented below it. */
export function printPlan(plan: Plan): string {
  const line = describe(plan);
  if (plan.kind === 'scan') return line;
  return `${line}\n${printPlan(plan.input).replaceAll(/^/gm, '  ')}`;
}

function describe(plan: Plan): string {
  switch (plan.kind) {
    case 'scan':
      return `scan spans from ${printTime(plan.range.fromNs)} to ${printTime(plan.range.toNs)}`;
    case 'filter':
      return `filter ${printField(plan.where)}`;
    case 'meet':
      return describeNeeds(plan);
    case 'group':
      return `group by ${plan.by}`;
    case 'select':
      return `show ${plan.row}s`;
    case 'order':
      return 'order newest first';
    case 'page':
      return `page of ${plan.limit}${plan.after === null ? '' : ` after ${printPlace(plan.after)}`}`;
  }
}

function describeNeeds({ alsoHas, related, child, shape }: Needs): string {
  const filter = (where: Where) => (where === null ? '{ }' : `{ ${printField(where)} }`);
  const all = [
    ...alsoHas.map(filter),
    ...related.map(({ relation, upper, lower }) => `${filter(upper)} ${relation} ${filter(lower)}`),
    ...(shape === null ? [] : [printSearch({ kind: 'pipeline', stages: [shape.of] })]),
  ];
  const traces = all.length === 0 ? [] : [`traces that also have ${all.join(' and ')}`];
  const children = child === null ? [] : [`children of ${filter(child.upper)}`];
  return [...children, ...traces].join(', of ');
}

function printPlace(place: Place): string {
  return [printTime(place.startNs), place.traceId, place.spanId].filter(Boolean).join(' ');
}

/** `2026-01-02T03:04:05.000000006Z`, without the fraction when it is zero. */
export function printTime(timeNs: bigint): string {
  const seconds = timeNs / 1_000_000_000n;
  const fraction = timeNs % 1_000_000_000n;
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  return fraction === 0n ? `${whole}Z` : `${whole}.${fraction.toString().padStart(9, '0')}Z`;
}
