/**
 * A checked query with what is known of the attributes it names: their other names, and whether they hold arrays.
 *
 * Both make conditions longer, so they are added only where they matter: a query without renamed attributes and without
 * arrays stays as it is. `with(aliases=false)` asks for the very names that are written.
 *
 * Never knows: SQL.
 */
import type { Attribute, CheckedQuery } from '@clew/traceql';
import { otherNamesOf } from './aliases.ts';
import type { ArrayKeys } from './array-keys.ts';
import type { Ask } from './ask.ts';
import type { Question } from './question.ts';

/** Answers a question with what is known of its attributes. */
export async function prepared<Answer>(
  ask: Ask,
  question: Question,
  answer: (ask: Ask, known: Question) => Promise<Answer>,
): Promise<Answer> {
  return answer(ask, await prepareQuestion(ask, question));
}

export async function prepareQuestion(ask: Ask, question: Question): Promise<Question> {
  const isOfAttributes = attributesOf(question.query).some(({ name }) => name !== 'service.name');
  if (!isOfAttributes) return question;
  const arrays = await ask.arrayKeys(ask.tenant, ask.run);
  return { ...question, query: prepare(question.query, arrays) };
}

export function prepare(query: CheckedQuery, arrays: ArrayKeys): CheckedQuery {
  const isAliased = usesAliases(query);
  const prepared = (attribute: Attribute): Attribute => {
    const also = isAliased ? otherNamesOf(attribute.name) : [];
    const names = [attribute.name, ...also.map(({ name }) => name)];
    const hasArrays = names.some((name) => arrays.has(attribute.scope, name));
    return {
      ...attribute,
      ...(also.length > 0 ? { also } : {}),
      ...(hasArrays ? { hasArrays } : {}),
    };
  };
  return mapAttributes(query, prepared) as CheckedQuery;
}

function usesAliases({ hints }: CheckedQuery): boolean {
  const hint = hints.find(({ name }) => name === 'aliases')?.value;
  return hint?.type !== 'boolean' || hint.value;
}

/** The attributes a query names, in the order of its text. */
export function attributesOf(query: CheckedQuery): readonly Attribute[] {
  const all: Attribute[] = [];
  mapAttributes(query, (attribute) => {
    all.push(attribute);
    return attribute;
  });
  return all;
}

/** Every node of the tree is a plain object or a list of them. */
function mapAttributes(node: unknown, map: (attribute: Attribute) => Attribute): unknown {
  if (Array.isArray(node)) return node.map((one) => mapAttributes(one, map));
  if (typeof node !== 'object' || node === null) return node;
  if ('kind' in node && node.kind === 'attribute') return map(node as Attribute);
  return Object.fromEntries(
    Object.entries(node).map(([name, part]) => [name, mapAttributes(part, map)]),
  );
}
