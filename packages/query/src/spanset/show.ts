/**
 * What is shown of spansets: some spans of each, with the fields the query looks at.
 *
 * Never knows: how traces were found, SQL text.
 */
import { type Field, printField } from '@clew/traceql';
import type { Place } from '../plan.ts';
import type { NamedValue, SpanHit, SpansetHit, SpansetSpan } from '../results.ts';
import type { Search } from '../search-page.ts';
import type { TraceFound } from '../search-traces.ts';
import { detailsStatement } from '../sql/spanset.ts';
import { fieldValue, readArray, readCell } from '../value.ts';
import type { Evaluated } from './evaluate.ts';
import type { Spanset } from './pipeline.ts';
import { placeOf } from './spans-in.ts';

/** The spansets of each trace, by trace id. @param spansMost spans shown of each */
export async function showSpansets(
  search: Search,
  rows: readonly TraceFound[],
  spansMost: number,
): Promise<ReadonlyMap<string, readonly SpansetHit[]>> {
  const { evaluation } = search;
  const known = rows.flatMap((row) => row.evaluated ?? []);
  const unknown = rows.filter((row) => row.evaluated === null).map((row) => row.traceId);
  const all = [...known, ...(await evaluation.evaluate(unknown))];
  const shown = all.map((one) => ({
    ...one,
    sets: one.spansets.map((set) => {
      const rows = set.rows.slice(0, spansMost);
      return { set, spans: rows.map((row) => ({ row, place: placeOf(one.trace, row) })) };
    }),
  }));
  const places = shown.flatMap(({ sets }) =>
    sets.flatMap(({ spans }) => spans.map(({ place }) => place)),
  );
  const details = await readDetails(search, places, evaluation.shown.ofSpan);
  const hits = shown.map(({ trace, sets }) => {
    const spansets = sets.map(({ set, spans }): SpansetHit => {
      const found = spans.flatMap(({ row, place }): SpansetSpan[] => {
        const detail = details.get(place);
        if (detail === undefined) return [];
        const ofTree = treeValues(search, trace, row);
        return [{ ...detail.row, attributes: [...detail.attributes, ...ofTree] }];
      });
      return { matched: set.rows.length, spans: found, attributes: saidOf(set) };
    });
    return [trace.traceId, spansets] as const;
  });
  return new Map(hits);
}

function saidOf(set: Spanset): readonly NamedValue[] {
  return set.said.map(({ name, value }) => ({ name, value: value && fieldValue(value) }));
}

function treeValues(search: Search, trace: Evaluated['trace'], row: number): readonly NamedValue[] {
  return search.evaluation.shown.ofTree.flatMap(({ name, give }) => {
    const value = give(trace, row);
    return value === null ? [] : [{ name, value: fieldValue(value) }];
  });
}

type SpanRow = Omit<SpanHit, 'look'>;

export type Detail = { readonly row: SpanRow; readonly attributes: readonly NamedValue[] };

/** What a list shows of the spans at some places, and the values of some fields. */
export async function readDetails(
  { tenant, run }: Search,
  places: readonly Place[],
  fields: readonly Field[],
): Promise<ReadonlyMap<Place, Detail>> {
  if (places.length === 0) return new Map();
  const traceIds = [...new Set(places.map((place) => place.traceId))];
  const spanIds = [...new Set(places.map((place) => place.spanId))];
  const statement = detailsStatement({ tenant, traceIds, spanIds, values: fields });
  const rows = await run.rows<SpanRow & Readonly<Record<string, unknown>>>(statement);
  const byPlace = new Map(rows.map((row) => [keyOf(row), detailOf(row, fields)]));
  return new Map(
    places.flatMap((place) => {
      const detail = byPlace.get(keyOf({ ...place, startNs: `${place.startNs}` }));
      return detail === undefined ? [] : [[place, detail] as const];
    }),
  );
}

function keyOf(of: { traceId: string; spanId: string; startNs: string }): string {
  return `${of.traceId} ${of.spanId} ${of.startNs}`;
}

function detailOf(row: SpanRow & Readonly<Record<string, unknown>>, fields: readonly Field[]) {
  const attributes = fields.flatMap((field, at): NamedValue[] => {
    const value = readCell(String(row[`c${at}`])) ?? readArray(row[`a${at}`] as string[]);
    return value === null ? [] : [{ name: printField(field), value: fieldValue(value) }];
  });
  const { traceId, spanId, parentSpanId, service, name, kind, status } = row;
  const { statusMessage, startNs, durationNs } = row;
  const shown = { traceId, spanId, parentSpanId, service, name, kind, status };
  return { row: { ...shown, statusMessage, startNs, durationNs }, attributes };
}
