/**
 * Functions of values, as a table. Those of ranges need the source of series, and are in evaluate.ts.
 *
 * https://prometheus.io/docs/prometheus/latest/querying/functions/. Never knows: where series come from.
 */
import { byValue } from './aggregate.ts';
import { notSupported, PromqlError } from './errors.ts';
import { histogramQuantile } from './histogram.ts';
import { anchored } from './pattern.ts';
import { keyOf, mapValues, type Result, type Scalar, type Vector, vector } from './series.ts';

type Apply = (given: readonly Result[], times: readonly number[]) => Result;

const ofValue =
  (change: (value: number) => number): Apply =>
  ([of]) =>
    mapValues(asVector(of), change);

const sorted =
  (sign: 1 | -1): Apply =>
  ([of]) => {
    const { series } = asVector(of);
    const last = (values: readonly (number | null)[]) => values.at(-1) ?? Number.NaN;
    return vector([...series].sort((a, b) => byValue(last(a.values), last(b.values), sign)));
  };

const functions: Readonly<Record<string, { readonly takes: readonly number[]; apply: Apply }>> = {
  histogram_quantile: {
    takes: [2],
    apply: ([quantile, of]) => histogramQuantile(asScalar(quantile).values, asVector(of)),
  },
  abs: { takes: [1], apply: ofValue(Math.abs) },
  ceil: { takes: [1], apply: ofValue(Math.ceil) },
  floor: { takes: [1], apply: ofValue(Math.floor) },
  exp: { takes: [1], apply: ofValue(Math.exp) },
  ln: { takes: [1], apply: ofValue(Math.log) },
  log2: { takes: [1], apply: ofValue(Math.log2) },
  log10: { takes: [1], apply: ofValue(Math.log10) },
  sqrt: { takes: [1], apply: ofValue(Math.sqrt) },
  round: {
    takes: [1, 2],
    apply: ([of, to]) => {
      const nearest = to === undefined ? null : asScalar(to).values;
      return mapValues(asVector(of), (value, at) => {
        const unit = nearest?.[at] ?? 1;
        return Math.floor(value / unit + 0.5) * unit;
      });
    },
  },
  clamp_min: {
    takes: [2],
    apply: ([of, least]) =>
      mapValues(asVector(of), (value, at) => Math.max(value, asScalar(least).values[at]!)),
  },
  clamp_max: {
    takes: [2],
    apply: ([of, most]) =>
      mapValues(asVector(of), (value, at) => Math.min(value, asScalar(most).values[at]!)),
  },
  sort: { takes: [1], apply: sorted(1) },
  sort_desc: { takes: [1], apply: sorted(-1) },
  vector: {
    takes: [1],
    apply: ([of]) => vector([{ labels: {}, values: asScalar(of).values }]),
  },
  scalar: {
    takes: [1],
    apply: ([of], times) => {
      const { series } = asVector(of);
      const [first] = series;
      const values = times.map((_, at) =>
        series.length === 1 ? (first!.values[at] ?? Number.NaN) : Number.NaN,
      );
      return { kind: 'scalar', values };
    },
  },
  time: {
    takes: [0],
    apply: (_, times) => ({ kind: 'scalar', values: times.map((timeMs) => timeMs / 1000) }),
  },
  absent: {
    takes: [1],
    apply: ([of], times) => {
      const { series } = asVector(of);
      const values = times.map((_, at) =>
        series.some((one) => (one.values[at] ?? null) !== null) ? null : 1,
      );
      return vector(values.some((value) => value !== null) ? [{ labels: {}, values }] : []);
    },
  },
  label_replace: { takes: [5], apply: labelReplace },
};

/** @throws PromqlError */
export function applyFunction(
  name: string,
  given: readonly Result[],
  times: readonly number[],
): Result {
  const found = functions[name];
  if (found === undefined) throw notSupported(`the function ${name}()`);
  if (!found.takes.includes(given.length)) {
    throw new PromqlError(
      `expected ${found.takes.join(' or ')} argument(s) in call to "${name}", got ${given.length}`,
    );
  }
  return found.apply(given, times);
}

function labelReplace(given: readonly Result[]): Result {
  const [target, replacement, source, pattern] = given.slice(1).map(asText);
  const regular = anchored(pattern!);
  const replaced = asVector(given[0]).series.map(({ labels, values }) => {
    const found = regular.exec(labels[source!] ?? '');
    if (found === null) return { labels, values };
    const value = replacement!.replaceAll(
      /\$(?:(\d+)|\{(\w+)\}|(\w+)|\$)/g,
      (_, number?: string, braced?: string, name?: string) => {
        const key = number ?? braced ?? name;
        if (key === undefined) return '$';
        return (/^\d+$/.test(key) ? found[Number(key)] : found.groups?.[key]) ?? '';
      },
    );
    const { [target!]: _, ...rest } = labels;
    return { labels: value === '' ? rest : { ...rest, [target!]: value }, values };
  });
  const keys = new Set(replaced.map(({ labels }) => keyOf(labels)));
  if (keys.size < replaced.length) {
    throw new PromqlError('vector cannot contain metrics with the same labelset', 'execution');
  }
  return vector(replaced);
}

function asVector(of: Result | undefined): Vector {
  if (of?.kind === 'vector') return of;
  throw new PromqlError(`expected type instant vector, got ${of?.kind ?? 'nothing'}`);
}

function asScalar(of: Result | undefined): Scalar {
  if (of?.kind === 'scalar') return of;
  throw new PromqlError(`expected type scalar, got ${of?.kind ?? 'nothing'}`);
}

function asText(of: Result): string {
  if (of.kind === 'text') return of.value;
  throw new PromqlError(`expected type string, got ${of.kind}`);
}
