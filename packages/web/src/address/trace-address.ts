/**
 * The state of the Trace page that a link carries: view, selected span, zoom, find, fold, colour.
 *
 * Every parameter is validated on its own: a bad one falls back to its default and is named in `notes`, unknown ones
 * are left alone. Defaults are not written, so a plain link stays plain. Never knows: React, the router.
 */
import * as v from 'valibot';
import { formatDurationParameter, parseDuration } from '../format/duration.ts';
import { type RawSearch, single } from './raw-search.ts';

export const traceViews = [
  'waterfall',
  'flame',
  'graph',
  'path',
  'logs',
  'compare',
  'raw',
] as const;
export type TraceView = (typeof traceViews)[number];

export type TraceFold = {
  /** Keep only the critical path open. */
  readonly criticalPath: boolean;
  /** Keep only paths to errors open. */
  readonly errors: boolean;
  /** Fold everything deeper than this level; 1 shows the roots' children. */
  readonly depth: number | undefined;
  /** Fold spans shorter than this. */
  readonly minNs: number | undefined;
};

export type TraceColour =
  | { readonly by: 'service' }
  | { readonly by: 'status' }
  | { readonly by: 'attribute'; readonly key: string };

export type TraceAddress = {
  readonly view: TraceView;
  /** 16 lower-case hex digits of the selected span. */
  readonly span: string | undefined;
  /** The visible time window in ns from the start of the trace; undefined = all of it. */
  readonly zoom: { readonly startNs: number; readonly endNs: number } | undefined;
  /** Text of the find bar. */
  readonly find: string;
  readonly findMode: 'dim' | 'hide';
  readonly fold: TraceFold;
  readonly colour: TraceColour;
  /** About when the trace happened, epoch ms: lets the store prune by time. */
  readonly timeMs: number | undefined;
};

export const traceDefaults: TraceAddress = {
  view: 'waterfall',
  span: undefined,
  zoom: undefined,
  find: '',
  findMode: 'dim',
  fold: { criticalPath: false, errors: false, depth: undefined, minNs: undefined },
  colour: { by: 'service' },
  timeMs: undefined,
};

/** A parameter that could not be read: it fell back to its default, and the page should say so. */
export type AddressNote = { readonly parameter: string; readonly found: string };

const viewSchema = v.picklist(traceViews);
const spanSchema = v.pipe(v.string(), v.toLowerCase(), v.regex(/^[0-9a-f]{16}$/));
const modeSchema = v.picklist(['dim', 'hide']);
const nanosSchema = v.pipe(v.string(), v.regex(/^\d{1,16}$/), v.transform(Number), v.safeInteger());
const timeSchema = v.pipe(v.string(), v.regex(/^\d{1,15}$/), v.transform(Number), v.safeInteger());
const zoomSchema = v.pipe(
  v.string(),
  v.transform((text) => text.split('~')),
  v.tuple([nanosSchema, nanosSchema]),
  v.check(([start, end]) => start < end),
  v.transform(([startNs, endNs]) => ({ startNs, endNs })),
);
const foldSchema = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }): TraceFold => {
    const fold = parseFold(dataset.value);
    if (fold) return fold;
    addIssue({ message: 'not a fold' });
    return NEVER;
  }),
);
const colourSchema = v.pipe(
  v.string(),
  v.regex(/^(service|status|attr:.+)$/s),
  v.transform((text): TraceColour => {
    if (text === 'service' || text === 'status') return { by: text };
    return { by: 'attribute', key: text.slice('attr:'.length) };
  }),
);

/** Reads what the URL says; never throws. */
export function parseTraceAddress(raw: RawSearch): {
  address: TraceAddress;
  notes: AddressNote[];
} {
  const notes: AddressNote[] = [];
  const read = <T>(name: string, schema: v.GenericSchema<unknown, T>, fallback: T): T => {
    const text = single(raw, name);
    if (text === undefined) return fallback;
    const result = v.safeParse(schema, text);
    if (result.success) return result.output;
    notes.push({ parameter: name, found: text });
    return fallback;
  };
  const address: TraceAddress = {
    view: read('view', viewSchema, traceDefaults.view),
    span: read<string | undefined>('span', spanSchema, undefined),
    zoom: read<TraceAddress['zoom']>('z', zoomSchema, undefined),
    find: single(raw, 'f') ?? '',
    findMode: read('fm', modeSchema, traceDefaults.findMode),
    fold: read('fold', foldSchema, traceDefaults.fold),
    colour: read('color', colourSchema, traceDefaults.colour),
    timeMs: read<number | undefined>('ts', timeSchema, undefined),
  };
  return { address, notes };
}

/** The inverse of `parseTraceAddress`, defaults omitted. */
export function formatTraceAddress(address: TraceAddress): RawSearch {
  const raw: RawSearch = {};
  if (address.view !== traceDefaults.view) raw['view'] = address.view;
  if (address.span !== undefined) raw['span'] = address.span;
  if (address.zoom) {
    raw['z'] = `${Math.round(address.zoom.startNs)}~${Math.round(address.zoom.endNs)}`;
  }
  if (address.find !== '') raw['f'] = address.find;
  if (address.findMode !== traceDefaults.findMode) raw['fm'] = address.findMode;
  const fold = formatFold(address.fold);
  if (fold !== '') raw['fold'] = fold;
  if (address.colour.by === 'attribute') raw['color'] = `attr:${address.colour.key}`;
  else if (address.colour.by !== 'service') raw['color'] = address.colour.by;
  if (address.timeMs !== undefined) raw['ts'] = String(address.timeMs);
  return raw;
}

/** `cp,err,depth:3,min:5ms` in any order. */
function parseFold(text: string): TraceFold | undefined {
  let fold = traceDefaults.fold;
  for (const part of text.split(',')) {
    const depth = /^depth:(\d{1,4})$/.exec(part)?.[1];
    const min = /^min:(.+)$/.exec(part)?.[1];
    const minNs = min === undefined ? undefined : parseDuration(min);
    if (part === 'cp') fold = { ...fold, criticalPath: true };
    else if (part === 'err') fold = { ...fold, errors: true };
    else if (depth !== undefined) fold = { ...fold, depth: Number(depth) };
    else if (minNs !== undefined) fold = { ...fold, minNs };
    else return undefined;
  }
  return fold;
}

function formatFold(fold: TraceFold): string {
  const parts: string[] = [];
  if (fold.criticalPath) parts.push('cp');
  if (fold.errors) parts.push('err');
  if (fold.depth !== undefined) parts.push(`depth:${fold.depth}`);
  if (fold.minNs !== undefined) parts.push(`min:${formatDurationParameter(fold.minNs)}`);
  return parts.join(',');
}
