/**
 * Why a search finds nothing, and what would find something.   before: ../query.ts   after: counts.ts, near.ts, instead.ts
 *
 * Every part has a bound in time and number, so an explanation costs seconds at most, also of a question over everything.
 *
 * Never knows: SQL, HTTP.
 */
import {
  type CheckedQuery,
  type FieldExpression,
  printField,
  printQuery,
  printSearch,
} from '@clew/traceql';
import type { Ask } from '../ask.ts';
import type { Question, TimeRange } from '../question.ts';
import type { Took } from '../results.ts';
import { type Counts, countConditions, type FilterCounts } from './counts.ts';
import { type FilterParts, filtersIn, searchIn } from './filters.ts';
import { type Idea, type Instead, ideaOf, looserIdeas, newestStart, tryIdeas } from './instead.ts';
import { type Near, nearMisses } from './near.ts';
import { say } from './say.ts';

export type WhyEmpty = {
  readonly traceql: string;
  /** The whole explanation as sentences, a line each. */
  readonly text: string;
  /** The spans that were counted; `whole` when these are all of the range. */
  readonly counted: {
    readonly spans: number;
    readonly fromNs: string;
    readonly toNs: string;
    readonly whole: boolean;
  };
  readonly filters: readonly FilterWhy[];
  /** Questions that do find something in this range. */
  readonly instead: readonly Instead[];
  /** When the newest trace starts that the question finds before the range, and after it. */
  readonly earlierNs: string | null;
  readonly laterNs: string | null;
  readonly took: Took;
};

export type FilterWhy = {
  readonly filter: string;
  /** Spans of which all its conditions hold. */
  readonly spans: number;
  readonly conditions: readonly ConditionWhy[];
  /** Two conditions together, where each holds somewhere. */
  readonly pairs: readonly {
    readonly conditions: readonly [string, string];
    readonly spans: number;
  }[];
};

export type ConditionWhy = {
  readonly condition: string;
  /** Spans of which it holds, whatever the others say; null where only whole traces can tell. */
  readonly spans: number | null;
  readonly near: readonly { readonly kind: Near['kind']; readonly condition: string }[];
};

/** @throws QuestionError `unsupported-query` */
export async function whyEmpty(ask: Ask, { query, range }: Question): Promise<WhyEmpty> {
  const search = searchIn(query);
  const searched: CheckedQuery = { ...query, body: search, secondStages: [] };
  const parts = filtersIn(search);
  const counts = await countConditions(ask, parts, range);
  const near = await nearOf(ask, parts, counts);
  const ideas = counts.spans === 0 ? [] : ideasOf(searched, near);
  const instead = await tryIdeas(ask, ideas, range);
  const [earlierNs, laterNs] = await outsideOf(ask, searched, range);
  const filters = parts.map((one, at) => filterWhy(one, counts.filters[at]!, near));
  const found = { traceql: printQuery(query), filters, instead, earlierNs, laterNs };
  const counted = {
    spans: counts.spans,
    fromNs: `${counts.range.fromNs}`,
    toNs: `${counts.range.toNs}`,
    whole: counts.isWhole,
  };
  const text = say({ ...found, counted, search: printSearch(search) });
  return { ...found, counted, text, took: ask.run.took() };
}

type NearOf = ReadonlyMap<FieldExpression, readonly Near[]>;

/** Conditions that are looked after at most. */
const lookedMost = 4;

async function nearOf(ask: Ask, parts: readonly FilterParts[], counts: Counts): Promise<NearOf> {
  const nowhere = parts.flatMap(({ conditions }, filter) =>
    conditions.filter((_, at) => counts.filters[filter]!.alone[at] === 0),
  );
  const near = new Map<FieldExpression, readonly Near[]>();
  if (counts.spans === 0) return near;
  for (const condition of nowhere.slice(0, lookedMost)) {
    near.set(condition, await nearMisses(ask, condition));
  }
  return near;
}

const meant: Readonly<Record<Near['kind'], string>> = {
  name: 'another name',
  scope: 'another scope',
  type: 'another type',
  value: 'another value',
};

function ideasOf(query: CheckedQuery, near: NearOf): readonly Idea[] {
  const corrected = [...near].flatMap(([from, all]) =>
    all.map(({ kind, condition }) => ideaOf(query, from, condition, meant[kind])),
  );
  return corrected.length > 0 ? corrected : looserIdeas(query);
}

const hourNs = 3_600_000_000_000n;
/** How far before and after the range is looked. */
const aroundNs = 24n * hourNs * 7n;

async function outsideOf(ask: Ask, query: CheckedQuery, { fromNs, toNs }: TimeRange) {
  const startNs = fromNs > aroundNs ? fromNs - aroundNs : 0n;
  const earlier = { fromNs: startNs, toNs: fromNs };
  const later = { fromNs: toNs, toNs: toNs + aroundNs };
  const found = async (range: TimeRange) =>
    range.fromNs < range.toNs ? newestStart(ask, { query, range }) : null;
  return [await found(earlier), await found(later)] as const;
}

function filterWhy(parts: FilterParts, counts: FilterCounts, near: NearOf): FilterWhy {
  const texts = parts.conditions.map(printField);
  return {
    filter: `{ ${texts.join(' && ')} }`,
    spans: counts.spans,
    conditions: parts.conditions.map((condition, at) => ({
      condition: texts[at]!,
      spans: counts.alone[at]!,
      near: (near.get(condition) ?? []).map((one) => ({
        kind: one.kind,
        condition: printField(one.condition),
      })),
    })),
    pairs: counts.pairs
      .filter(({ one, other }) => counts.alone[one] !== 0 && counts.alone[other] !== 0)
      .map(({ one, other, spans }) => ({ conditions: [texts[one]!, texts[other]!], spans })),
  };
}
