/**
 * What is wrong with a PromQL expression, or what of it is not answered, in the words Prometheus' API gives such things.
 *
 * Never knows: HTTP.
 */

/** `bad_data`: the expression; `execution`: what it was asked of. */
export class PromqlError extends Error {
  readonly type: 'bad_data' | 'execution';

  constructor(message: string, type: 'bad_data' | 'execution' = 'bad_data') {
    super(message);
    this.name = 'PromqlError';
    this.type = type;
  }
}

/** Says what is missing, so that nobody looks for a mistake of their own. */
export function notSupported(what: string): PromqlError {
  return new PromqlError(
    `${what} is not supported: Clew answers a part of PromQL, which docs/prometheus.md describes`,
  );
}
