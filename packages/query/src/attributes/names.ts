/**
 * Which attributes there are, by where they stand: from the catalogue, or of the newest spans that conditions hold for.
 *
 * Never knows: SQL.
 */
import type { FieldExpression } from '@clew/traceql';
import type { Ask } from '../ask.ts';
import { QuestionError } from '../errors.ts';
import type { TimeRange } from '../question.ts';
import type { Took } from '../results.ts';
import { cataloguedNamesStatement, spanNamesStatement } from '../sql/attribute-names.ts';
import { conditionsIn, onlyService } from './conditions.ts';
import { readRecent } from './recent.ts';

/** Where an attribute can stand, as TraceQL names it, in the order of answers. */
export const nameScopes = ['resource', 'span', 'event', 'link', 'instrumentation'] as const;
export type NameScope = (typeof nameScopes)[number];

export type NamesFilter = {
  /** Left out: all scopes. */
  readonly scope?: NameScope;
  /** TraceQL, which need not be finished: attributes of spans of which its conditions hold. */
  readonly filter?: string;
  /** Left out: all time. */
  readonly range?: TimeRange;
  /** Most names of each scope. */
  readonly limit?: number;
};

export type AttributeNames = {
  readonly scopes: readonly { readonly scope: NameScope; readonly names: readonly string[] }[];
  /** False when there may be more: the limit was reached, or only the newest spans were looked at. */
  readonly complete: boolean;
  readonly took: Took;
};

const limitDefault = 1_000;
export const attributeListMost = 10_000;

/** Names in order; scopes without any are left out. @throws QuestionError `bad-limit` */
export async function listAttributeNames(ask: Ask, asked: NamesFilter): Promise<AttributeNames> {
  const { scope, filter } = asked;
  const range = listedRange(asked.range);
  const limit = checkLimit(asked.limit ?? limitDefault);
  const where = conditionsIn(filter);
  const service = where === null ? null : onlyService(where);
  const read = { range, limit: limit + 1 };
  const found =
    where === null || service !== null
      ? await readCatalogue(ask, { ...read, service })
      : await readSpans(ask, { range, where });
  const scopes = nameScopes.flatMap((one) => {
    const names = [...(found.names.get(one) ?? [])].sort().slice(0, limit);
    return (scope ?? one) === one && names.length > 0 ? [{ scope: one, names }] : [];
  });
  const isCut = scopes.some((one) => found.names.get(one.scope)!.size > limit);
  return { scopes, complete: found.complete && !isCut, took: ask.run.took() };
}

/** Days and hours of the catalogue are 32-bit times, which end in February 2106. */
const lastHourNs = (2n ** 32n - 3_600n) * 1_000_000_000n;

/** The range, or all time, as far as the catalogue's own times reach. */
export function listedRange(range: TimeRange | undefined): TimeRange {
  if (range === undefined) return { fromNs: 0n, toNs: lastHourNs };
  return { ...range, toNs: range.toNs < lastHourNs ? range.toNs : lastHourNs };
}

/** @throws QuestionError `bad-limit` */
export function checkLimit(limit: number): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= attributeListMost) return limit;
  throw new QuestionError('bad-limit', { found: `${limit}`, max: `${attributeListMost}` });
}

type FoundNames = {
  readonly names: ReadonlyMap<NameScope, ReadonlySet<string>>;
  readonly complete: boolean;
};

type CatalogueRead = {
  readonly range: TimeRange;
  readonly limit: number;
  readonly service: string | null;
};

async function readCatalogue({ run, tenant }: Ask, read: CatalogueRead): Promise<FoundNames> {
  const rows = await run.rows<{ scope: string; key: string }>(
    cataloguedNamesStatement({ tenant, ...read }),
  );
  const names = new Map<NameScope, Set<string>>();
  for (const { scope, key } of rows) {
    const named = scope === 'scope' ? 'instrumentation' : (scope as NameScope);
    names.set(named, (names.get(named) ?? new Set()).add(key));
  }
  return { names, complete: true };
}

/** Spans that are unfolded; their names are nearly always all there are. */
const spansMost = 20_000;

type SpansRead = {
  readonly range: TimeRange;
  readonly where: FieldExpression;
};

type NamesRow = { readonly [Scope in NameScope]: readonly string[] } & { readonly spans: number };

async function readSpans(ask: Ask, { range, where }: SpansRead): Promise<FoundNames> {
  const names = new Map(nameScopes.map((scope) => [scope, new Set<string>()] as const));
  let spansLeft = spansMost;
  const complete = await readRecent<NamesRow>(
    ask,
    range,
    (window) =>
      spanNamesStatement({ tenant: ask.tenant, range: window, where, spansMax: spansLeft }),
    ([row]) => {
      if (row === undefined) return false;
      for (const [scope, all] of names) for (const name of row[scope]) all.add(name);
      spansLeft -= row.spans;
      return spansLeft <= 0;
    },
  );
  return { names, complete };
}
