/**
 * Tempo's search → a question: TraceQL as it stands, or tags of the first API as the TraceQL that means the same.
 *
 * Never knows: how a question is answered.
 */
import {
  type Condition,
  conditionsQuestion,
  type Question,
  textQuestion,
  where,
} from '@clew/query';
import { BadAsk } from '../ask/parameters.ts';
import type { TempoSearch } from './ask.ts';

/** @throws TraceqlError · QuestionError · BadAsk */
export function searchQuestion(search: TempoSearch): Question {
  const { q, tags, minNs, maxNs, range } = search;
  if (q !== '') return textQuestion(q, range);
  const conditions = [
    ...[...tags].map(([key, value]) => tagCondition(key, value)),
    ...(minNs === undefined ? [] : [where.traceLastsAtLeast(minNs)]),
    ...(maxNs === undefined ? [] : [where.traceLastsAtMost(maxNs)]),
  ];
  return conditionsQuestion(conditions, range);
}

const statuses = ['unset', 'ok', 'error'] as const;

/** Some names were no attributes to Tempo's first search, and stood for fields. */
function tagCondition(key: string, value: string): Condition {
  switch (key) {
    case 'name':
      return where.nameIs(value);
    case 'root.name':
      return where.rootNameIs(value);
    case 'root.service.name':
      return where.rootServiceIs(value);
    case 'status':
    case 'status.code': {
      const status = statuses.find((each) => each === value.toLowerCase());
      if (status !== undefined) return where.statusIs(status);
      throw new BadAsk(`invalid tags: found ${key}=${value}, wanted unset, ok or error`);
    }
    case 'error':
      if (value === 'true')
        return where.anyOf([where.statusIs('error'), where.attributeIs('any', key, value)]);
      return where.attributeIs('any', key, value);
    default:
      return where.attributeIs('any', key, value);
  }
}
