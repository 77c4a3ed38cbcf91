/**
 * The words of an explanation: for people at a screen and for agents alike, so plain sentences with the query in them.
 *
 * Never knows: how it was found out.
 */
import { printTime } from '../plan.ts';
import type { FilterWhy, WhyEmpty } from './why-empty.ts';

export type Said = Omit<WhyEmpty, 'text' | 'took'> & {
  /** The search as text. */
  readonly search: string;
};

/** A sentence or two a line, the most telling first. */
export function say(of: Said): string {
  const lines = of.counted.spans === 0 ? [noSpans(of)] : [...reasons(of), ...insteads(of)];
  return [...lines, ...elsewhere(of)].join('\n');
}

const time = (timeNs: string) => printTime((BigInt(timeNs) / 1_000_000_000n) * 1_000_000_000n);

function noSpans({ counted }: Said): string {
  return `There are no spans at all from ${time(counted.fromNs)} to ${time(counted.toNs)}.`;
}

function reasons(of: Said): readonly string[] {
  const empty = of.filters.filter(({ spans }) => spans === 0);
  const among = of.counted.whole
    ? `Of ${spansText(of.counted.spans)} in this range:`
    : `Of the newest ${spansText(of.counted.spans)} in this range, back to ${time(of.counted.fromNs)}:`;
  if (empty.length > 0) return [among, ...empty.flatMap(filterReasons)];
  if (of.filters.length === 0) return [`${among} the search finds none.`];
  const matched = of.filters.map(({ filter, spans }) => `${filter} matches ${spansText(spans)}`);
  if (of.filters.length === 1) return [among, `${matched[0]}, but what follows drops them all.`];
  return [among, `${matched.join(', ')}; but no trace has them as ${of.search} asks.`];
}

function filterReasons({ filter, conditions, pairs }: FilterWhy): readonly string[] {
  const nowhere = conditions.filter(({ spans }) => spans === 0);
  if (nowhere.length > 0) {
    return nowhere.map(({ condition, near }) => {
      const meant = near.map((one) => one.condition).join(' or ');
      return `- ${condition} holds for none.${meant === '' ? '' : ` Did you mean ${meant}?`}`;
    });
  }
  const alone = (text: string) =>
    conditions.find(({ condition }) => condition === text)?.spans ?? 0;
  const never = pairs.filter(({ spans }) => spans === 0);
  if (never.length > 0) {
    return never.map(({ conditions: [one, other] }) => {
      const counts = `${one} holds for ${spansText(alone(one))}, ${other} for ${spansText(alone(other))}`;
      return `- ${counts}, but never both for the same span.`;
    });
  }
  const each = conditions.flatMap(({ condition, spans }) =>
    spans === null ? [] : [`${condition} ${count(spans)}`],
  );
  return [
    `- ${filter}: each two of its conditions meet, all of them never do (${each.join(', ')}).`,
  ];
}

function insteads({ instead }: Said): readonly string[] {
  return instead.map(({ traceql, because }) => `This finds something (${because}): ${traceql}`);
}

function elsewhere({ earlierNs, laterNs }: Said): readonly string[] {
  return [
    ...(earlierNs === null
      ? []
      : [`Before this range the question finds traces, the newest from ${time(earlierNs)}.`]),
    ...(laterNs === null
      ? []
      : [`After this range the question finds traces, the newest from ${time(laterNs)}.`]),
  ];
}

function spansText(spans: number): string {
  return `${count(spans)} ${spans === 1 ? 'span' : 'spans'}`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
