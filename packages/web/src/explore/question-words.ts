/**
 * A question of Explore in words: the parts of it, each with what removes it.
 *
 * Never knows: React, the server.
 */
import { formatAttributeFilter } from '../address/attribute-filter.ts';
import type { ExploreAddress } from '../address/explore-address.ts';
import { formatDurationParameter } from '../format/duration.ts';

export type QuestionPart = {
  readonly text: string;
  /** Merged into the address, this takes the part away. */
  readonly without: Partial<ExploreAddress>;
};

/** The filters in the order of the form; time and population are not filters. */
export function questionParts(address: ExploreAddress): QuestionPart[] {
  const parts: QuestionPart[] = [];
  const add = (text: string | undefined, without: Partial<ExploreAddress>) => {
    if (text !== undefined) parts.push({ text, without });
  };
  const { q, service, operation, status, kind, minNs, maxNs, where } = address;
  add(q, { q: undefined });
  add(service && `service = ${service}`, { service: undefined });
  add(operation && `operation = ${operation}`, { operation: undefined });
  add(status && `status = ${status}`, { status: undefined });
  add(kind && `kind = ${kind}`, { kind: undefined });
  add(minNs === undefined ? undefined : `duration ≥ ${formatDurationParameter(minNs)}`, {
    minNs: undefined,
  });
  add(maxNs === undefined ? undefined : `duration ≤ ${formatDurationParameter(maxNs)}`, {
    maxNs: undefined,
  });
  where.forEach((filter, index) => {
    add(formatAttributeFilter(filter), { where: where.toSpliced(index, 1) });
  });
  return parts;
}

/** One line for lists of questions: `spans · service = checkout · status = error`. */
export function exploreTitle(address: ExploreAddress): string {
  return [address.tab, ...questionParts(address).map(({ text }) => text)].join(' · ');
}
