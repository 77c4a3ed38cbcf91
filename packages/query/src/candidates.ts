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
import type { Needs, Pair, Where } from './plan.ts';
import { fold } from './question.ts';
import { onOneSpan, shapeOf } from './shapes.ts';

export type Candidates = Needs & {
  /** Holds for every span of an answer; null when any span can be one. */
  readonly given: Where;
};

export function candidatesOf(search: SearchExpression): Candidates {
  const given = anyOf(givenBy(search));
  const needs = neededBy(search);
  const pairs = new Map<string, Pair>();
  const alsoHas = new Map<string, FieldExpression>();
  for (const { where, pair } of needs) {
    if (where !== null) alsoHas.set(printField(where), where);
    if (pair !== null && !isAnyPair(pair)) pairs.set(printPair(pair), pair);
  }
  const child = childOf(search);
  if (child !== null) pairs.delete(printPair(child));
  // What is said by the span itself, or by a pair, need not be said again.
  const said = [...pairs.values(), ...(child === null ? [] : [child])];
  for (const where of [given, ...said.flatMap(endsOf)]) {
    if (where !== null) alsoHas.delete(printField(where));
  }
  const of = shapeOf(search);
  const shape = of && { of, among: given };
  return { given, alsoHas: [...alsoHas.values()], related: [...pairs.values()], child, shape };
}

/** What a pair says that the trace has. */
function endsOf({ upper, lower }: Pair): readonly Where[] {
  return [upper, lower];
}

/** Most traces have two spans of which one is below the other. */
function isAnyPair({ upper, lower }: Pair): boolean {
  return upper === null && lower === null;
}

function printPair({ relation, upper, lower }: Pair): string {
  const [above, below] = [upper, lower].map((where) => where && printField(where));
  return `${above} ${relation} ${below}`;
}

/** For `… > …`, whose every row is a child: the pair in which it is. */
function childOf(of: Expression): Pair | null {
  if (of.kind === 'filter') return null;
  if (of.kind === 'pipeline') return childOf(stagesOf(of)[0]!);
  const pair = of.operator === '>' ? pairOf(of) : null;
  return pair === null || isAnyPair(pair) ? null : pair;
}

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

/** A span, or a pair of spans. */
type Need = { readonly where: Where; readonly pair: Pair | null };

/** Without any one of these in the trace there is no result. What is denied of spans is said by the shape (shapes.ts). */
function neededBy(of: Expression): readonly Need[] {
  switch (of.kind) {
    case 'filter':
      return [onOneSpan(of.where), ...rootsOf(of.where)].map((where) => ({ where, pair: null }));
    case 'pipeline':
      return stagesOf(of).flatMap(neededBy);
    default: {
      if (of.operator === '||') return [];
      if (of.operator.startsWith('!')) return neededBy(of.right);
      const both = [...neededBy(of.left), ...neededBy(of.right)];
      const pair = pairOf(of);
      return pair === null ? both : [...both, { where: null, pair }];
    }
  }
}

type Related = Exclude<Expression, { readonly kind: 'filter' | 'pipeline' }>;

/** The pair without which a structural operator, united or not, selects nothing. */
function pairOf({ operator, left, right }: Related): Pair | null {
  const [a, b] = [anyOf(givenBy(left)), anyOf(givenBy(right))];
  switch (operator.replace('&', '')) {
    case '>':
      return { relation: '>', upper: a, lower: b };
    case '<':
      return { relation: '>', upper: b, lower: a };
    case '>>':
      return { relation: '>>', upper: a, lower: b };
    case '<<':
      return { relation: '>>', upper: b, lower: a };
    case '~':
      return { relation: '~', upper: a, lower: b };
    default:
      return null;
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
