/**
 * `a=b c="d e"`: how Tempo's first search wrote tags. https://brandur.org/logfmt
 *
 * Never knows: what a tag means.
 */
import { BadAsk } from '../ask/parameters.ts';
import { limits } from '../limits.ts';

const pair = /\s*([^\s="]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s"]*))(?=\s|$)\s*/y;

/** @throws BadAsk at what is no pair, and at a key that stands twice */
export function logfmt(written: string): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  const text = written.trim();
  for (let at = 0; at < text.length; at = pair.lastIndex) {
    pair.lastIndex = at;
    const found = pair.exec(text);
    if (found === null) {
      throw new BadAsk(
        `invalid tags: logfmt syntax error at pos ${at + 1}: wanted key=value or key="a value"`,
      );
    }
    const [, key = '', quoted, plain = ''] = found;
    if (pairs.has(key)) throw new BadAsk(`invalid tags: tag ${key} has been set twice`);
    pairs.set(key, quoted === undefined ? plain : quoted.replace(/\\(.)/g, '$1'));
  }
  const most = limits.attributeConditionsMax;
  if (pairs.size > most)
    throw new BadAsk(`invalid tags: found ${pairs.size}, wanted at most ${most}`);
  return pairs;
}
