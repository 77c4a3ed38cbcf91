/**
 * Questions like one that finds nothing, tried one after another: which of them find something?
 *
 * Never knows: why the first one found nothing.
 */
import {
  type CheckedQuery,
  type FieldExpression,
  printQuery,
  type SpansetBinary,
  type Stage,
} from '@clew/traceql';
import type { Ask } from '../ask.ts';
import type { Question, TimeRange } from '../question.ts';
import { searchTraces } from '../search.ts';
import { replaced } from './filters.ts';

export type Idea = { readonly because: string; readonly query: CheckedQuery };

/** A question that does find something. */
export type Instead = { readonly traceql: string; readonly because: string };

const msEnough = 3_000;
const insteadMost = 3;
const triedMost = 8;

/** The first few that find something, in their order. */
export async function tryIdeas(
  ask: Ask,
  ideas: readonly Idea[],
  range: TimeRange,
): Promise<readonly Instead[]> {
  const startedMs = performance.now();
  const found: Instead[] = [];
  for (const { because, query } of ideas.slice(0, triedMost)) {
    if (found.length === insteadMost || performance.now() - startedMs > msEnough) break;
    if ((await newestStart(ask, { query, range })) === null) continue;
    found.push({ traceql: printQuery(query), because });
  }
  return found;
}

/** When the newest trace that a question finds starts, epoch nanoseconds. */
export async function newestStart(ask: Ask, question: Question): Promise<string | null> {
  const { hits } = await searchTraces(ask, question, { limit: 1 });
  return hits[0]?.startNs ?? null;
}

export function ideaOf(
  query: CheckedQuery,
  from: FieldExpression,
  to: FieldExpression,
  because: string,
): Idea {
  return { because, query: { ...query, body: replaced(query.body, from, to) } };
}

/** The same filters, less strictly put together; stages that drop spansets left out. */
export function looserIdeas(query: CheckedQuery): readonly Idea[] {
  const { body } = query;
  if (body.kind !== 'pipeline') return [];
  const [first] = body.stages;
  const operators = first?.kind === 'spanset-binary' ? looserOperators(first) : [];
  const related = operators.map(({ stage, because }) => ({
    because,
    query: { ...query, body: replaced(body, first!, stage) },
  }));
  const isKept = ({ kind }: Stage) => kind !== 'scalar-filter';
  const stages = body.stages.filter(isKept);
  if (stages.length === body.stages.length || stages.length === 0) return related;
  const whole = { ...query, body: { ...body, stages } };
  return [...related, { because: 'without the aggregate', query: whole }];
}

function looserOperators(of: SpansetBinary): readonly { stage: SpansetBinary; because: string }[] {
  const { operator, left, right } = of;
  const swapped = { '>': '<', '>>': '<<', '<': '>', '<<': '>>' } as const;
  const deeper = { '>': '>>', '<': '<<' } as const;
  const ideas: { stage: SpansetBinary; because: string }[] = [];
  if (operator in deeper) {
    const far = deeper[operator as keyof typeof deeper];
    ideas.push({ stage: { ...of, operator: far }, because: 'at any distance' });
  }
  if (operator in swapped) {
    const back = swapped[operator as keyof typeof swapped];
    const because = 'the other way round';
    ideas.push({ stage: { ...of, operator: operator === '>' ? '<<' : back }, because });
  }
  if (operator !== '&&' && operator !== '||' && !operator.startsWith('!')) {
    ideas.push({ stage: { ...of, operator: '&&' }, because: 'both anywhere in a trace' });
  }
  if (operator === '&&') {
    ideas.push({ stage: { ...of, operator: '||', left, right }, because: 'either of them' });
  }
  return ideas;
}
