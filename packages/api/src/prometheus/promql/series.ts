/**
 * What PromQL expressions evaluate to: at each time of a question a number, or numbers with labels.
 *
 * Never knows: expressions, where samples come from.
 */

/** `__name__` among them. A label that is '' is none. */
export type LabelSet = Readonly<Record<string, string>>;

/** One value per time of the question; null where there is no sample. */
export type Series = { readonly labels: LabelSet; readonly values: readonly (number | null)[] };

export type Scalar = { readonly kind: 'scalar'; readonly values: readonly number[] };
export type Vector = { readonly kind: 'vector'; readonly series: readonly Series[] };
export type Text = { readonly kind: 'text'; readonly value: string };
export type Result = Scalar | Vector | Text;

export const vector = (series: readonly Series[]): Vector => ({ kind: 'vector', series });

/** The same for equal label sets, in whatever order they were written. */
export function keyOf(labels: LabelSet): string {
  const names = Object.keys(labels).filter((name) => labels[name] !== '');
  return JSON.stringify(names.sort().map((name) => [name, labels[name]]));
}

export function only(labels: LabelSet, names: readonly string[]): LabelSet {
  return Object.fromEntries(
    Object.entries(labels).filter(([name, value]) => names.includes(name) && value !== ''),
  );
}

export function allBut(labels: LabelSet, names: readonly string[]): LabelSet {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !names.includes(name)));
}

/** What is computed of a series is no longer the metric it was. */
export function nameless(labels: LabelSet): LabelSet {
  return '__name__' in labels ? allBut(labels, ['__name__']) : labels;
}

/** Changes the values that are there; series that keep none are left out. */
export function mapValues(
  { series }: Vector,
  change: (value: number, at: number) => number | null,
): Vector {
  const changed = series.map(({ labels, values }) => ({
    labels: nameless(labels),
    values: values.map((value, at) => (value === null ? null : change(value, at))),
  }));
  return vector(changed.filter(isNotEmpty));
}

export function isNotEmpty({ values }: Series): boolean {
  return values.some((value) => value !== null);
}
