/**
 * Which traces can answer a search, as conditions on single spans: what a span that is given must be, and which other
 * spans its trace must have.
 *
 * Both only narrow down. What they leave is evaluated over whole traces, so they may let too much through, never too
 * little.
 *
 * Never knows: SQL, time.
 */
import {
  type Field,
  type FieldExpression,
  type Intrinsic,
  type Pipeline,
  printField,
  type SearchExpression,
  type SpansetExpression,
  type Stage,
} from '@clew/traceql';
import { isOfSpan } from './fields.ts';
import { fold } from './question.ts';

export type Candidates = {
  /** Holds for every span of an answer; null when any span can be one. */
  readonly given: FieldExpression | null;
  /** The trace has a span for each of these, somewhere. */
  readonly alsoHas: readonly FieldExpression[];
};

export function candidatesOf(search: SearchExpression): Candidates {
  const given = anyOf(givenBy(search));
  const text = given === null ? '' : printField(given);
  const alsoHas = new Map<string, FieldExpression>();
  for (const where of neededBy(search)) {
    if (where !== null) alsoHas.set(printField(where), where);
  }
  alsoHas.delete(text);
  return { given, alsoHas: [...alsoHas.values()] };
}

type Where = FieldExpression | null;

/** One of these must hold; null, which holds always, makes the whole hold always. */
function anyOf(all: readonly Where[]): Where {
  const byText = new Map<string, FieldExpression>();
  for (const where of all) {
    if (where === null) return null;
    byText.set(printField(where), where);
  }
  return fold('||', [...byText.values()]);
}

type Expression = SearchExpression | SpansetExpression;

/** What the rows of the result are, one of these each. */
function givenBy(of: Expression): readonly Where[] {
  switch (of.kind) {
    case 'filter':
      return [onOneSpan(of.where)];
    case 'pipeline':
      return stagesOf(of).flatMap((stage, at) => (at === 0 ? givenBy(stage) : []));
    default: {
      const isOfBoth = ['&&', '||'].includes(of.operator) || of.operator.startsWith('&');
      return isOfBoth ? [...givenBy(of.left), ...givenBy(of.right)] : givenBy(of.right);
    }
  }
}

/** Without any one of these in the trace there is no result. */
function neededBy(of: Expression): readonly Where[] {
  switch (of.kind) {
    case 'filter':
      return [onOneSpan(of.where), ...rootsOf(of.where)];
    case 'pipeline':
      return stagesOf(of).flatMap(neededBy);
    default:
      if (of.operator === '||') return [];
      return of.operator.startsWith('!')
        ? neededBy(of.right)
        : [...neededBy(of.left), ...neededBy(of.right)];
  }
}

/** The stages that choose spans; a pipeline that starts with another starts with every span. */
function stagesOf({ stages }: Pipeline): readonly SpansetExpression[] {
  const isChoice = (stage: Stage): stage is SpansetExpression =>
    stage.kind === 'filter' || stage.kind === 'spanset-binary';
  const chosen = stages.filter(isChoice);
  const [first] = stages;
  return first !== undefined && isChoice(first)
    ? chosen
    : [{ kind: 'filter', where: null }, ...chosen];
}

/** What is left of a condition when only the span's own row is looked at: it then holds more often, never less. */
function onOneSpan(where: Where): Where {
  if (where === null || isOfSpan(where)) return where;
  if (where.kind !== 'binary' || where.operator !== '&&') return null;
  const parts = [onOneSpan(where.left), onOneSpan(where.right)].filter((part) => part !== null);
  return parts.length === 0 ? null : fold('&&', parts);
}

/** Root's fact → the same fact of a span: the root is a span of the trace. */
const factsOfRoot: ReadonlyMap<Intrinsic, Field> = new Map<Intrinsic, Field>([
  ['rootName', { kind: 'intrinsic', name: 'name' }],
  [
    'rootServiceName',
    { kind: 'attribute', scope: 'resource', name: 'service.name', ofParent: false },
  ],
]);

/** What the trace's root must be, of conditions that must all hold. */
function rootsOf(where: Where): readonly FieldExpression[] {
  if (where?.kind !== 'binary') return [];
  if (where.operator === '&&') return [...rootsOf(where.left), ...rootsOf(where.right)];
  const { left, right } = where;
  const fact = left.kind === 'intrinsic' ? factsOfRoot.get(left.name) : undefined;
  return fact === undefined || right.kind !== 'static' ? [] : [{ ...where, left: fact }];
}
