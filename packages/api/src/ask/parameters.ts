/**
 * Parameters of APIs that other products defined: what is unknown is ignored, as those products do, and a refusal says
 * what they say.
 *
 * Never knows: which product.
 */

/** A parsed query string: a parameter given once is a text, given more often a list. */
export type Parameters = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The first value; empty when there is none, which these products treat alike. */
export function first(given: Parameters, name: string): string {
  return all(given, name)[0] ?? '';
}

export function all(given: Parameters, name: string): readonly string[] {
  const found = given[name];
  if (found === undefined) return [];
  return typeof found === 'string' ? [found] : found;
}

/** A refusal in the words of the product whose API was called. */
export class BadAsk extends Error {
  readonly status: number;

  constructor(message: string, status = 400) {
    super(message);
    this.name = 'BadAsk';
    this.status = status;
  }
}
