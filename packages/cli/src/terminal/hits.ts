/**
 * Found traces or spans as a table, with what the server says about the search below it.
 *
 * Never knows: how they were asked for.
 */
import { counted, printCount, printNs } from './numbers.ts';
import { type Column, table } from './table.ts';
import type { Terminal } from './terminal.ts';

interface FoundTrace {
  readonly traceId: string;
  readonly rootService: string;
  readonly rootName: string;
  readonly startNs: string;
  readonly durationNs: number;
  readonly spans: number;
  readonly errors: number;
  readonly services: readonly { readonly name: string; readonly look: number }[];
}

interface FoundSpan {
  readonly traceId: string;
  readonly service: string;
  readonly look: number;
  readonly name: string;
  readonly kind: string | number;
  readonly status: string | number;
  readonly startNs: string;
  readonly durationNs: number;
}

/** The answer of `GET /api/v1/search`. */
export interface SearchAnswer {
  readonly traces?: readonly FoundTrace[];
  readonly spans?: readonly FoundSpan[];
  readonly complete: boolean;
  readonly cursor: string | null;
  readonly traceql?: string;
  readonly took?: { readonly ms: number; readonly rowsRead: number };
}

export function printHits(answer: SearchAnswer, url: string, terminal: Terminal): string {
  const { style, width } = terminal;
  const found = answer.traces?.length ?? answer.spans?.length ?? 0;
  const noun = answer.traces === undefined ? 'span' : 'trace';
  if (found === 0) {
    return `no ${noun} matches\n${style.dim('try a longer --since, or fewer filters')}\n`;
  }
  const rows =
    answer.traces === undefined
      ? table(spanColumns(terminal, url), answer.spans ?? [], width, style)
      : table(traceColumns(terminal, url), answer.traces, width, style);
  const took = answer.took === undefined ? '' : ` · ${printNs(Math.round(answer.took.ms * 1e6))}`;
  const more = answer.cursor === null ? '' : ` · more with --cursor ${answer.cursor}`;
  const partial = answer.complete ? '' : ` · ${style.yellow('incomplete')}`;
  return `${rows}${style.dim(`${counted(found, noun)}${took}${more}`)}${partial}\n`;
}

function traceColumns({ style, now }: Terminal, url: string): Column<FoundTrace>[] {
  return [
    { title: 'age', isRight: true, text: (row) => age(row.startNs, now()) },
    { title: 'duration', isRight: true, text: (row) => printNs(row.durationNs) },
    { title: 'spans', isRight: true, text: (row) => printCount(row.spans) },
    {
      title: 'errors',
      isRight: true,
      text: (row) => (row.errors > 0 ? `${printCount(row.errors)} ✕` : ''),
      paint: (_, text) => style.red(text),
    },
    {
      title: 'service',
      text: (row) => row.rootService,
      paint: (row, text) =>
        style.service(row.services.find((one) => one.name === row.rootService)?.look ?? 0, text),
    },
    { title: 'root', isFlexible: true, text: (row) => row.rootName },
    {
      title: 'trace',
      text: (row) => row.traceId,
      paint: (row, text) => style.link(`${url}/trace/${row.traceId}`, text),
    },
  ];
}

function spanColumns({ style, now }: Terminal, url: string): Column<FoundSpan>[] {
  return [
    { title: 'age', isRight: true, text: (row) => age(row.startNs, now()) },
    { title: 'duration', isRight: true, text: (row) => printNs(row.durationNs) },
    {
      title: 'status',
      text: (row) => (isError(row.status) ? '✕ error' : ''),
      paint: (_, text) => style.red(text),
    },
    {
      title: 'service',
      text: (row) => row.service,
      paint: (row, text) => style.service(row.look, text),
    },
    { title: 'span', isFlexible: true, text: (row) => row.name },
    {
      title: 'trace',
      text: (row) => row.traceId,
      paint: (row, text) => style.link(`${url}/trace/${row.traceId}`, text),
    },
  ];
}

function isError(status: string | number): boolean {
  return status === 2 || status === 'error';
}

/** `12 s`, `5 min`, `3 h`, `2 d`: one number is enough to place a row in time. */
function age(startNs: string, nowMs: number): string {
  const seconds = Math.max(0, Math.round(nowMs / 1000 - Number(BigInt(startNs) / 1_000_000_000n)));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}
