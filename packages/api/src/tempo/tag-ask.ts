/**
 * What is asked about tags and their values: scope, name, filter, range, limit.
 *
 * Never knows: how anything is answered.
 */
import { type NameScope, nameScopes, type TimeRange } from '@clew/query';
import { BadAsk, first, type Parameters } from '../ask/parameters.ts';
import { limits } from '../limits.ts';
import { checkedRange, optionalSeconds, whole } from './ask.ts';
import { nothingThere } from './refuse.ts';

export type TagScope = NameScope | 'intrinsic' | undefined;

/** @throws BadAsk */
export function scopeOf(written: string): TagScope {
  if (written === '' || written === 'none') return undefined;
  const scope = [...nameScopes, 'intrinsic' as const].find((each) => each === written);
  if (scope === undefined) throw new BadAsk(`invalid scope: ${written.slice(0, 80)}`);
  return scope;
}

export type ListAsk = {
  readonly filter?: string;
  readonly range?: TimeRange;
  readonly limit: number;
};

/** What Tempo asks for lists of tags and values alike. @throws BadAsk */
export function listAsk(given: Parameters): ListAsk {
  return listOf({
    q: first(given, 'q'),
    limit: first(given, 'limit') === '' ? 0 : whole(first(given, 'limit'), 'limit'),
    start: optionalSeconds(first(given, 'start'), 'start'),
    end: optionalSeconds(first(given, 'end'), 'end'),
  });
}

export type ListNumbers = {
  readonly q: string;
  readonly limit: number;
  readonly start: number;
  readonly end: number;
};

/** Zero is what was not given. A list that is asked to be longer than lists get here is cut. @throws BadAsk */
export function listOf({ q, limit, start, end }: ListNumbers): ListAsk {
  const isRanged = start !== 0 || end !== 0;
  const range = isRanged ? { range: checkedRange(start, end, anyLength) } : {};
  const most = limits.tagsMax;
  return {
    limit: limit === 0 ? most : Math.min(limit, most),
    ...range,
    ...(q.trim() === '' ? {} : { filter: q }),
  };
}

const anyLength = { nowMs: 0, hotWindowMs: 0, rangeMsMax: 0 };

/**
 * Everything between `/tag/` and the last `/values`: names may hold slashes, written as they are or escaped.
 * @throws BadAsk
 */
export function tagOf(url: string): string {
  const path = url.split('?', 1)[0]!;
  const [, written] = /\/search\/tag\/(.+)\/values\/?$/s.exec(path) ?? [];
  if (written === undefined) throw nothingThere();
  try {
    return decodeURIComponent(written);
  } catch {
    throw new BadAsk(`please provide a valid tagName: cannot unescape ${written.slice(0, 80)}`);
  }
}

/** What Tempo's first API called fields, which knew no scopes: everything else was an attribute, wherever it stood. */
const firstNames: Readonly<Record<string, string>> = {
  name: 'name',
  status: 'status',
  'status.code': 'status',
  kind: 'kind',
  'root.name': 'rootName',
  'root.service.name': 'rootServiceName',
};

/** The TraceQL field that a name of the first API stands for. */
export function fieldOfFirst(tag: string): string {
  return firstNames[tag] ?? `.${tag}`;
}
