/**
 * Which names mean what inside one SELECT: the queries of WITH, the views it reads, and the names that
 * hide their columns.
 *
 * Never knows: text.
 */
import type { Expression, From, Select, With } from './tree.ts';
import { type View, viewOf } from './views.ts';

export type Source = {
  readonly alias: string;
  /** Null for anything but a view, whose columns are not looked at. */
  readonly view: View | null;
  /** False: the view stands behind a list of its columns, so that `*` shows no others. */
  readonly isDirect: boolean;
};

export type Scope = {
  /** Queries of WITH by the name the user gave → the name that is printed. */
  readonly queries: ReadonlyMap<string, string>;
  readonly sources: readonly Source[];
  /** Names that mean something else than a column of a view: aliases and parameters of lambdas. */
  readonly hidden: ReadonlySet<string>;
};

export const outermost: Scope = { queries: new Map(), sources: [], hidden: new Set() };

/** The scope inside of a SELECT. */
export function scopeOf(select: Select, names: readonly With[], outer: Scope): Scope {
  const isStarred = select.items.some(({ value }) => value.kind === 'star');
  const viewOfTable = ({ table }: From): View | null =>
    table.kind === 'query' || outer.queries.has(table.name) ? null : viewOf(table.name);
  const isAllViews = select.from.every((from) => viewOfTable(from) !== null);
  const sources = select.from.map((from, at) => ({
    alias: from.alias ?? (from.table.kind === 'query' ? `query_${at + 1}` : from.table.name),
    view: viewOfTable(from),
    isDirect: isAllViews || !isStarred,
  }));
  const aliases = [...select.items, ...(select.arrayJoin?.items ?? [])].flatMap(({ alias }) =>
    alias === null ? [] : [alias],
  );
  const values = names.filter(({ kind }) => kind === 'value').map(({ name }) => name);
  return { ...outer, sources, hidden: new Set([...aliases, ...values]) };
}

/** Inside of a lambda its parameters hide columns. */
export function withParameters(scope: Scope, parameters: readonly string[]): Scope {
  return { ...scope, hidden: new Set([...scope.hidden, ...parameters]) };
}

export type ColumnOfView = { readonly alias: string; readonly view: View; readonly column: string };

/** The view's column that an expression surely is; null when that is not sure. */
export function columnOfView(of: Expression, { sources, hidden }: Scope): ColumnOfView | null {
  if (of.kind !== 'column' || of.path.length > 2) return null;
  const column = of.path.at(-1)!;
  if (of.path.length === 1 && (hidden.has(column) || sources.some(({ view }) => view === null))) {
    return null;
  }
  const found = sources.filter(
    ({ alias, view }) =>
      view !== null &&
      Object.hasOwn(view.columns, column) &&
      (of.path.length === 1 || of.path[0] === alias),
  );
  const [only] = found;
  if (found.length !== 1 || only?.view == null || !only.isDirect) return null;
  return { alias: only.alias, view: only.view, column };
}
