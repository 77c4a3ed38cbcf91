/**
 * A trace as text: a tree of names, a bar per span on one time axis, a duration at the end.
 *
 * Pure: rows in, text out. Never knows: where the trace came from, what a terminal is.
 */
import { counted, printNs } from './numbers.ts';
import type { Style } from './style.ts';
import { columns, cut, fit, oneLine } from './text.ts';
import type { RowEvent, TraceRow, TraceRows } from './trace-rows.ts';

export interface WaterfallOptions {
  readonly width: number;
  readonly style: Style;
  /** Service → colour slot, as the server stores it; services without one count up from 0. */
  readonly looks: ReadonlyMap<string, number>;
  /** The page of the trace, linked from the head; empty = none. */
  readonly pageUrl: string;
  /** The page of another trace, for links. */
  readonly linkedUrl: (traceId: string) => string;
  /** Rows after this many are counted and not printed. */
  readonly rowsMax: number;
}

/** Events and links printed below one span; more are counted. */
const NOTES_MAX = 3;
const DURATION_COLUMNS = 10;

interface Layout extends WaterfallOptions {
  readonly trace: TraceRows;
  readonly nameColumns: number;
  readonly barColumns: number;
  readonly lookOf: (service: string) => number;
}

export function waterfall(trace: TraceRows, options: WaterfallOptions): string {
  const layout = layOut(trace, options);
  const shown = trace.rows.slice(0, options.rowsMax);
  const lines = [...head(layout), '', axis(layout)];
  for (const row of shown) lines.push(spanLine(row, layout), ...noteLines(row, layout));
  const hidden = trace.rows.length - shown.length;
  if (hidden > 0) {
    const rest = `… ${counted(hidden, 'more span')}; --rows ${trace.rows.length} prints all`;
    lines.push(options.style.dim(rest));
  }
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

function layOut(trace: TraceRows, options: WaterfallOptions): Layout {
  const longest = trace.rows
    .slice(0, options.rowsMax)
    .reduce((most, row) => Math.max(most, columns(label(row)) + (row.isError ? 2 : 0)), 20);
  const nameColumns = Math.min(longest, Math.floor(options.width * 0.45));
  const looks = new Map(options.looks);
  let next = 0;
  for (const service of trace.services) if (!looks.has(service)) looks.set(service, next++);
  return {
    ...options,
    trace,
    nameColumns,
    barColumns: Math.max(10, options.width - nameColumns - DURATION_COLUMNS - 3),
    lookOf: (service) => looks.get(service) ?? 0,
  };
}

function head({ trace, style, pageUrl, lookOf }: Layout): string[] {
  const root = trace.rows[0];
  const title =
    root === undefined ? 'empty trace' : `${oneLine(root.service)} · ${oneLine(root.name)}`;
  const errors = trace.errors > 0 ? style.red(`${counted(trace.errors, 'error')} ✕`) : 'no errors';
  const facts = [
    printNs(trace.durationNs),
    counted(trace.rows.length, 'span'),
    counted(trace.services.length, 'service'),
    errors,
    new Date(Number(trace.startNs / 1_000_000n)).toISOString(),
  ].join(' · ');
  const legend = trace.services
    .map((service) => `${style.service(lookOf(service), '■')} ${oneLine(service)}`)
    .join('  ');
  const page = pageUrl === '' ? trace.traceId : style.link(pageUrl, pageUrl);
  return [style.bold(title), facts, style.dim(page), legend];
}

/** Times at the start, the middle and the end of the bars. */
function axis({ trace, nameColumns, barColumns, style }: Layout): string {
  const half = printNs(Math.round(trace.durationNs / 2));
  const end = printNs(trace.durationNs);
  const middleAt = Math.max(4, Math.floor(barColumns / 2 - half.length / 2));
  const line = fit(fit('0', middleAt) + half, barColumns - end.length) + end;
  return `${' '.repeat(nameColumns + 1)}${style.dim(line)}`;
}

function spanLine(row: TraceRow, layout: Layout): string {
  const { style, nameColumns } = layout;
  const mark = row.isError ? ' ✕' : '';
  const duration = printNs(row.durationNs).padStart(DURATION_COLUMNS);
  const name = paintLabel(fit(label(row), nameColumns - mark.length), row, layout);
  const end = row.isError ? style.red(duration) : duration;
  return `${name}${style.red(mark)} ${bar(row, layout)} ${end}`;
}

function label(row: TraceRow): string {
  return `${row.prefix}${oneLine(row.service)} ${oneLine(row.name)}`;
}

/** Colours the parts of a label that is already cut: tree dim, service in its colour, name plain. */
function paintLabel(text: string, row: TraceRow, { style, lookOf }: Layout): string {
  const serviceAt = row.prefix.length;
  const nameAt = serviceAt + oneLine(row.service).length;
  return (
    style.dim(text.slice(0, serviceAt)) +
    style.service(lookOf(row.service), text.slice(serviceAt, nameAt)) +
    text.slice(nameAt)
  );
}

/** Eighth blocks give the right edge an eighth of a column; the left edge has half a column. */
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

function bar(row: TraceRow, { trace, barColumns, style, lookOf }: Layout): string {
  const total = Math.max(1, trace.durationNs);
  const from = clamp((row.startNs / total) * barColumns, 0, barColumns - 0.125);
  const to = clamp(((row.startNs + row.durationNs) / total) * barColumns, from + 0.125, barColumns);
  const cells = [...barText(from, to)];
  for (const event of row.events) {
    const at = clamp(Math.floor((event.atNs / total) * barColumns), 0, barColumns - 1);
    while (cells.length <= at) cells.push(' ');
    cells[at] = isException(event) ? '✕' : '◆';
  }
  const painted = cells
    .join('')
    .replaceAll(/✕+|[^ ✕]+/g, (run) =>
      run.startsWith('✕') ? style.red(run) : style.service(lookOf(row.service), run),
    );
  return painted + ' '.repeat(Math.max(0, barColumns - cells.length));
}

function isException(event: RowEvent): boolean {
  return event.says !== '';
}

function barText(from: number, to: number): string {
  const first = Math.floor(from);
  const last = Math.floor(to);
  const pad = ' '.repeat(first);
  if (first === last) return pad + (EIGHTHS[Math.max(1, Math.round((to - from) * 8))] ?? '█');
  const isHalf = from - first >= 0.5;
  const tail = EIGHTHS[Math.floor((to - last) * 8)] ?? '';
  return `${pad}${isHalf ? '▐' : '█'}${'█'.repeat(last - first - 1)}${tail}`;
}

/** What is worth a line below a span: why it failed, its events, what it is linked to. */
function noteLines(row: TraceRow, { style, width, linkedUrl }: Layout): string[] {
  const notes = [...problemNotes(row), ...row.events.map(eventNote)];
  for (const { traceId } of row.links) {
    notes.push(`↗ linked to ${style.link(linkedUrl(traceId), `trace ${traceId}`)}`);
  }
  const shown = notes.slice(0, NOTES_MAX);
  if (notes.length > NOTES_MAX) shown.push(`… ${notes.length - NOTES_MAX} more`);
  return shown.map((note) => {
    const text = note.startsWith('↗') ? note : cut(note, width - row.prefixBelow.length);
    return style.dim(row.prefixBelow) + (text.startsWith('✕') ? style.red(text) : style.dim(text));
  });
}

function problemNotes(row: TraceRow): string[] {
  const notes: string[] = [];
  if (row.isParentMissing) notes.push('! its parent has not arrived');
  // Most instrumentations put the same words into status and exception: once is enough.
  const isSaid = row.events.some((event) => event.says.includes(row.statusMessage));
  if (row.isError && row.statusMessage !== '' && !isSaid) {
    notes.push(`✕ ${oneLine(row.statusMessage)}`);
  }
  return notes;
}

function eventNote(event: RowEvent): string {
  const says = oneLine(isException(event) ? `${event.name} ${event.says}` : event.name);
  return `${isException(event) ? '✕' : '◆'} ${says} at ${printNs(event.atNs)}`;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
