/**
 * Visible rows in words and tree positions, for the DOM mirror.
 *
 * Never knows: the DOM, where the rows are on the screen.
 */
import { groupTexts } from '../draw/labels.ts';
import { readableName } from '../draw/readable.ts';
import { formatDuration } from '../format/duration.ts';
import { isError, isOnPath } from '../model/trace-store.ts';
import type { TraceView } from '../model/trace-view.ts';
import { groupOfRow, type VisibleRows } from '../model/visible-rows.ts';
import { words } from './words.ts';

export interface MirrorRow {
  readonly row: number;
  readonly code: number;
  readonly indent: number;
  /** 1 for roots, as ARIA counts. */
  readonly level: number;
  readonly position: number;
  readonly siblings: number;
  /** null for a row without children. */
  readonly isOpen: boolean | null;
  readonly service: string;
  readonly name: string;
  readonly duration: string;
  /** The whole row as one sentence. */
  readonly label: string;
}

/** The rows [first, end). */
export function mirrorRows(view: TraceView, first: number, end: number): MirrorRow[] {
  const { visible } = view.snapshot();
  const places = siblingPlaces(visible, first, end);
  return Array.from({ length: Math.max(0, end - first) }, (_, i) => {
    const row = first + i;
    const code = visible.rows[row]!;
    const indent = visible.indent[row]!;
    return {
      row,
      code,
      indent,
      level: indent + 1,
      ...places[i]!,
      isOpen: view.hasChildren(code) ? view.isOpen(code) : null,
      ...(code < 0 ? groupWords(view, groupOfRow(code)) : spanWords(view, code)),
    };
  });
}

type RowWords = Pick<MirrorRow, 'service' | 'name' | 'duration' | 'label'>;

function spanWords({ store }: TraceView, span: number): RowWords {
  const service = readableName(store.services[store.service[span]!]!.name);
  const name = readableName(store.names[store.name[span]!]!);
  const duration = formatDuration(store.duration[span]!);
  const wall = store.wallEnd - store.wallStart;
  const label = [
    service,
    name,
    duration,
    words.rowOf(wall === 0 ? 1 : store.duration[span]! / wall),
    ...(isError(store, span) ? [words.error] : []),
    ...(isOnPath(store, span) ? [words.onPath] : []),
  ].join(', ');
  return { service, name, duration, label };
}

function groupWords({ store }: TraceView, group: number): RowWords {
  const { count, name, sum, p95, errors } = groupTexts({ store }, group);
  const numbers = `${sum}, ${p95}`;
  const failed = errors > 0 ? `, ${words.errors(errors)}` : '';
  const label = `${words.groupRow(count, name, numbers)}${failed}`;
  return { service: count, name, duration: numbers, label };
}

/** Position among the visible siblings and their number, by walking to the edges of each sibling list once. */
function siblingPlaces(
  visible: VisibleRows,
  first: number,
  end: number,
): { position: number; siblings: number }[] {
  const places: { position: number; siblings: number }[] = [];
  const lastAt = new Map<number, number>();
  for (let row = first; row < end; row++) {
    const indent = visible.indent[row]!;
    for (const level of lastAt.keys()) {
      if (level > indent) lastAt.delete(level);
    }
    const before = lastAt.get(indent);
    const known = before === undefined ? undefined : places[before - first]!;
    places.push(
      known === undefined
        ? countedPlace(visible, row)
        : { position: known.position + 1, siblings: known.siblings },
    );
    lastAt.set(indent, row);
  }
  return places;
}

function countedPlace(visible: VisibleRows, row: number): { position: number; siblings: number } {
  const { indent, count } = visible;
  const level = indent[row]!;
  let position = 1;
  for (let at = row - 1; at >= 0 && indent[at]! >= level; at--) {
    position += indent[at] === level ? 1 : 0;
  }
  let siblings = position;
  for (let at = row + 1; at < count && indent[at]! >= level; at++) {
    siblings += indent[at] === level ? 1 : 0;
  }
  return { position, siblings };
}
