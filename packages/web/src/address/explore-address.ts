/**
 * The state of Explore that a link carries: the question, the time range, which population is shown.
 *
 * Same rules as trace-address.ts: bad parameters fall back and are named, defaults are not written.
 * Never knows: React, the router, the server's parameter names (see server/search-request.ts).
 */
import * as v from 'valibot';
import { formatDurationParameter, parseDuration } from '../format/duration.ts';
import { canonicalPoint, defaultRange, type TimeRange } from '../time/range.ts';
import {
  type AttributeFilter,
  formatAttributeFilter,
  parseAttributeFilter,
} from './attribute-filter.ts';
import { type RawSearch, several, single } from './raw-search.ts';
import type { AddressNote } from './trace-address.ts';

export const populations = ['traces', 'spans'] as const;
export const statuses = ['unset', 'ok', 'error'] as const;
export const kinds = ['internal', 'server', 'client', 'producer', 'consumer'] as const;

export type Population = (typeof populations)[number];
export type StatusFilter = (typeof statuses)[number];
export type KindFilter = (typeof kinds)[number];

export type ExploreAddress = {
  readonly tab: Population;
  /** The question as TraceQL; then no field of the form asks anything. */
  readonly q: string | undefined;
  readonly service: string | undefined;
  readonly operation: string | undefined;
  readonly status: StatusFilter | undefined;
  readonly kind: KindFilter | undefined;
  readonly minNs: number | undefined;
  readonly maxNs: number | undefined;
  readonly where: readonly AttributeFilter[];
  readonly range: TimeRange;
  /** Ask again every two seconds. */
  readonly live: boolean;
};

export const exploreDefaults: ExploreAddress = {
  tab: 'traces',
  q: undefined,
  service: undefined,
  operation: undefined,
  status: undefined,
  kind: undefined,
  minNs: undefined,
  maxNs: undefined,
  where: [],
  range: defaultRange,
  live: false,
};

const nameSchema = v.pipe(v.string(), v.minLength(1));
const durationSchema = v.pipe(v.string(), v.transform(parseDuration), v.number());
const pointSchema = v.pipe(v.string(), v.transform(canonicalPoint), v.string());
const liveSchema = v.pipe(
  v.picklist(['0', '1']),
  v.transform((text) => text === '1'),
);

/** Reads what the URL says; never throws. */
export function parseExploreAddress(raw: RawSearch): {
  address: ExploreAddress;
  notes: AddressNote[];
} {
  const notes: AddressNote[] = [];
  const read = <T>(
    name: string,
    schema: v.GenericSchema<unknown, T>,
    fallback: NoInfer<T> | undefined,
  ) => {
    const text = single(raw, name);
    if (text === undefined || text === '') return fallback;
    const result = v.safeParse(schema, text);
    if (result.success) return result.output;
    notes.push({ parameter: name, found: text });
    return fallback;
  };
  const where: AttributeFilter[] = [];
  for (const text of several(raw, 'where')) {
    const filter = parseAttributeFilter(text);
    if (filter) where.push(filter);
    else notes.push({ parameter: 'where', found: text });
  }
  const address: ExploreAddress = {
    tab: read('tab', v.picklist(populations), exploreDefaults.tab) ?? exploreDefaults.tab,
    q: read('q', nameSchema, undefined),
    service: read('service', nameSchema, undefined),
    operation: read('op', nameSchema, undefined),
    status: read('status', v.picklist(statuses), undefined),
    kind: read('kind', v.picklist(kinds), undefined),
    minNs: read('min', durationSchema, undefined),
    maxNs: read('max', durationSchema, undefined),
    where,
    range: {
      from: read('from', pointSchema, undefined) ?? defaultRange.from,
      to: read('to', pointSchema, undefined) ?? defaultRange.to,
    },
    live: read('live', liveSchema, false) ?? false,
  };
  if (address.q === undefined) return { address, notes };
  for (const parameter of ['service', 'op', 'status', 'kind', 'min', 'max', 'where']) {
    const found = several(raw, parameter).filter((text) => text !== '');
    notes.push(...found.map((text) => ({ parameter, found: text })));
  }
  return { address: { ...address, ...noFilters, q: address.q }, notes };
}

/** The inverse of `parseExploreAddress`, defaults omitted. */
export function formatExploreAddress(address: ExploreAddress): RawSearch {
  const raw: RawSearch = {};
  const write = (name: string, value: string | undefined) => {
    if (value !== undefined && value !== '') raw[name] = value;
  };
  if (address.tab !== exploreDefaults.tab) write('tab', address.tab);
  write('q', address.q);
  write('service', address.service);
  write('op', address.operation);
  write('status', address.status);
  write('kind', address.kind);
  write('min', address.minNs === undefined ? undefined : formatDurationParameter(address.minNs));
  write('max', address.maxNs === undefined ? undefined : formatDurationParameter(address.maxNs));
  const filters = address.where.map(formatAttributeFilter);
  if (filters.length > 0) raw['where'] = filters.length === 1 ? filters[0]! : filters;
  if (address.range.from !== defaultRange.from) write('from', address.range.from);
  if (address.range.to !== defaultRange.to) write('to', address.range.to);
  if (address.live) write('live', '1');
  return raw;
}

/** Merged into an address, this leaves only time and population. */
export const noFilters = {
  q: undefined,
  service: undefined,
  operation: undefined,
  status: undefined,
  kind: undefined,
  minNs: undefined,
  maxNs: undefined,
  where: [],
} as const satisfies Partial<ExploreAddress>;

/** Whether anything but time and population narrows the answer. */
export function hasFilters(address: ExploreAddress): boolean {
  return (
    address.q !== undefined ||
    address.service !== undefined ||
    address.operation !== undefined ||
    address.status !== undefined ||
    address.kind !== undefined ||
    address.minNs !== undefined ||
    address.maxNs !== undefined ||
    address.where.length > 0
  );
}
