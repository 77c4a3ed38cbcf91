/**
 * Regular expressions of matchers. Never knows: labels.
 */
import { PromqlError } from './errors.ts';

/** The whole text must match. `(?i)` in front is all of RE2's flags that is understood here. @throws PromqlError */
export function anchored(pattern: string): RegExp {
  const [, flag, rest] = /^(\(\?i\))?(.*)$/s.exec(pattern)!;
  try {
    // Alone as well: `a)|(b` would be something else between the parentheses.
    new RegExp(rest!, 's');
    return new RegExp(`^(?:${rest})$`, flag === undefined ? 's' : 'si');
  } catch {
    throw new PromqlError(`error parsing regexp: ${JSON.stringify(pattern)}`);
  }
}
