/**
 * A PromQL tree and times in, numbers and series out.
 *
 * Rates are asked of the source as such, for each time and with only the labels that a sum around them keeps, so that the
 * counts behind them are added up where they are stored.
 *
 * Never knows: where series come from, HTTP.
 */
import { aggregate, checkAggregation } from './aggregate.ts';
import { combine } from './binary.ts';
import { notSupported, PromqlError } from './errors.ts';
import { applyFunction } from './functions.ts';
import {
  type LabelSet,
  mapValues,
  nameless,
  type Result,
  type Series,
  type Vector,
  vector,
} from './series.ts';
import type { Aggregation, Call, Expression, Matcher, Range, Selector } from './tree.ts';

/** What is asked of whoever has the samples. */
export type Samples = {
  /** Counters at each time. */
  values(ask: SamplesAsk): Promise<readonly Series[]>;
  /** How much they grew within `lengthMs` before each time. */
  increases(ask: SamplesAsk & { readonly lengthMs: number }): Promise<readonly Series[]>;
};

export type SamplesAsk = {
  readonly selector: Selector;
  /** Epoch milliseconds, in order; the selector's offset is still to be taken off. */
  readonly times: readonly number[];
  /** Labels that must be told apart; null: all. Others may be added up or not. */
  readonly keep: readonly string[] | null;
};

/** @throws PromqlError */
export async function evaluate(
  of: Expression,
  times: readonly number[],
  samples: Samples,
): Promise<Result> {
  return new Evaluation(times, samples).value(of);
}

/** Functions of a range, and what of its growth they give per second. */
const ranged: ReadonlySet<string> = new Set(['rate', 'increase', 'irate']);

/** `irate` looks at the last two samples; counts are kept per minute. */
const irateMs = 60_000;

/** A sum of these may be made of parts that were added up before. */
const addUp: ReadonlySet<string> = new Set(['sum', 'group']);

class Evaluation {
  readonly #times: readonly number[];
  readonly #samples: Samples;

  constructor(times: readonly number[], samples: Samples) {
    this.#times = times;
    this.#samples = samples;
  }

  async value(of: Expression, keep: readonly string[] | null = null): Promise<Result> {
    switch (of.kind) {
      case 'number':
        return { kind: 'scalar', values: this.#times.map(() => of.value) };
      case 'text':
        return of;
      case 'selector':
        return vector(await this.#samples.values({ selector: of, times: this.#times, keep }));
      case 'range':
        throw new PromqlError(
          'a range of samples ([…]) is taken by rate, increase and irate, and is no answer by itself',
        );
      case 'negation':
        return this.#negation(await this.value(of.of));
      case 'call':
        return ranged.has(of.name) ? this.#growth(of, keep) : this.#call(of);
      case 'aggregation':
        return this.#aggregation(of);
      case 'binary': {
        const left = await this.value(of.left);
        return combine(of, left, await this.value(of.right));
      }
    }
  }

  #negation(of: Result): Result {
    if (of.kind === 'text') throw new PromqlError('unary expression only allowed on numbers');
    if (of.kind === 'vector') return mapValues(of, (value) => -value);
    return { kind: 'scalar', values: of.values.map((value) => -value) };
  }

  async #growth({ name, arguments: given }: Call, keep: readonly string[] | null): Promise<Vector> {
    const range = rangeOf(name, given);
    const lengthMs = name === 'irate' ? Math.min(irateMs, range.lengthMs) : range.lengthMs;
    const ask = { selector: range.of, times: this.#times, keep, lengthMs };
    const series = await this.#samples.increases(ask);
    const seconds = name === 'increase' ? 1 : lengthMs / 1000;
    return vector(
      series.map(({ labels, values }) => ({
        labels: nameless(labels),
        values: values.map((value) => (value === null ? null : value / seconds)),
      })),
    );
  }

  async #call({ name, arguments: given }: Call): Promise<Result> {
    const values: Result[] = [];
    for (const one of given) {
      if (one.kind === 'range') throw notSupported(`the function ${name}() of a range`);
      values.push(await this.value(one));
    }
    const result = applyFunction(name, values, this.#times);
    if (name !== 'absent' || result.kind !== 'vector') return result;
    const labels = missing(given[0]!);
    return vector(result.series.map(({ values }) => ({ labels, values })));
  }

  async #aggregation({ name, by, parameter, of }: Aggregation): Promise<Vector> {
    checkAggregation(name);
    const number = parameter === null ? null : await this.value(parameter);
    if (number !== null && number.kind !== 'scalar') {
      throw new PromqlError(`expected type scalar in aggregation parameter, got ${number.kind}`);
    }
    const keep = addUp.has(name) && by.mode === 'only' ? by.names : null;
    const inner = await this.value(of, keep);
    if (inner.kind !== 'vector') {
      throw new PromqlError(
        `expected type instant vector in aggregation expression, got ${inner.kind}`,
      );
    }
    return aggregate(name, by, number?.values ?? null, inner);
  }
}

/** What is absent has the labels that a selector asks to be just so; a label that is asked about twice is none of them. */
function missing(of: Expression): LabelSet {
  const matchers = of.kind === 'selector' ? of.matchers : [];
  const isAlone = ({ label }: Matcher) =>
    label !== '__name__' && matchers.filter((one) => one.label === label).length === 1;
  return Object.fromEntries(
    matchers.flatMap((matcher) =>
      matcher.operator === '=' && matcher.value !== '' && isAlone(matcher)
        ? [[matcher.label, matcher.value]]
        : [],
    ),
  );
}

function rangeOf(name: string, given: readonly Expression[]): Range {
  const [range, ...others] = given;
  if (range?.kind === 'range' && others.length === 0) return range;
  throw new PromqlError(`expected type range vector in call to function "${name}"`);
}
