/** What one check of `clew doctor` found, and what to do about it. */

export interface Finding {
  /** What was looked at: `node`, `disk`, `port otlp_http`. */
  readonly check: string;
  readonly verdict: 'good' | 'warning' | 'bad';
  readonly found: string;
  /** What to do next; empty when all is good. */
  readonly todo: string;
}

export function good(check: string, found: string): Finding {
  return { check, verdict: 'good', found, todo: '' };
}

export function warning(check: string, found: string, todo: string): Finding {
  return { check, verdict: 'warning', found, todo };
}

export function bad(check: string, found: string, todo: string): Finding {
  return { check, verdict: 'bad', found, todo };
}
