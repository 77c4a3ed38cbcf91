/**
 * `clew search`: recent traces or spans by the same filters as the API, as a table or JSON.
 *
 * Flags become query parameters one to one; never knows how a search is run.
 */
import { type Arguments, type Command, jsonFlag, serverFlag } from '../command.ts';
import { createServerClient } from '../server-client.ts';
import { counted, printCount, printNs } from '../terminal/numbers.ts';
import { type Column, table } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';

export const command: Command = {
  name: 'search',
  says: 'find traces or spans',
  usage: '[--service NAME] [--attr key=value …]',
  positionalsMax: 0,
  flags: [
    {
      key: 'by',
      type: 'choice',
      choices: ['trace', 'span'],
      default: 'trace',
      says: 'what to list',
    },
    { key: 'service', type: 'string', default: '', valueName: 'NAME', says: 'of this service' },
    { key: 'operation', type: 'string', default: '', valueName: 'NAME', says: 'span name' },
    {
      key: 'status',
      type: 'choice',
      choices: ['ok', 'error', 'unset'],
      default: '',
      says: 'span status',
    },
    {
      key: 'kind',
      type: 'choice',
      choices: ['server', 'client', 'producer', 'consumer', 'internal', 'unspecified'],
      default: '',
      says: 'span kind',
    },
    {
      key: 'attr',
      type: 'string',
      default: '',
      valueName: 'KEY=VALUE',
      isRepeatable: true,
      says: 'attribute; also != > >= < <= ~ !~ and a prefix span. resource. scope. event. link.',
    },
    { key: 'min_duration', type: 'duration', default: '', says: 'at least this long' },
    { key: 'max_duration', type: 'duration', default: '', says: 'at most this long' },
    {
      key: 'since',
      type: 'string',
      default: '1h',
      valueName: 'WHEN',
      says: 'how far back (15m, 2h, 1d) or a point in time (RFC 3339)',
    },
    {
      key: 'until',
      type: 'string',
      default: '',
      valueName: 'WHEN',
      says: 'the end of the range: how far back, or a point in time',
    },
    {
      key: 'cursor',
      type: 'string',
      default: '',
      valueName: 'CURSOR',
      says: 'go on where an earlier page ended',
    },
    { key: 'limit', type: 'int', default: 20, min: 1, max: 1000, says: 'at most this many' },
    serverFlag,
    jsonFlag,
  ],
  examples: [
    ['clew search --service payments --status error', 'failed payments of the last hour'],
    ['clew search --attr http.response.status_code>=500 --since 15m', 'server errors just now'],
    ['clew search --by span --min-duration 1s --json', 'slow spans, for a program'],
  ],
  run: async (args, terminal) => {
    const client = createServerClient(String(args.values['server']));
    const answer = await client.get<Answer>(`/api/v1/search?${searchQuery(args)}`);
    if (args.values['json'] === true) terminal.out(`${JSON.stringify(answer)}\n`);
    else terminal.out(page(answer, client.url, terminal));
    return 0;
  },
};

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

interface Answer {
  readonly traces?: readonly FoundTrace[];
  readonly spans?: readonly FoundSpan[];
  readonly complete: boolean;
  readonly cursor: string | null;
  readonly traceql?: string;
  readonly took?: { readonly ms: number; readonly rowsRead: number };
}

/** Flags → the query string of `GET /api/v1/search`. */
export function searchQuery({ values, lists }: Arguments): URLSearchParams {
  const query = new URLSearchParams({ by: String(values['by']), limit: String(values['limit']) });
  for (const key of ['service', 'operation', 'status', 'kind']) {
    if (values[key] !== '') query.set(key, String(values[key]));
  }
  for (const text of lists['attr'] ?? []) query.append('attr', text);
  if (values['min_duration'] !== '') query.set('minDuration', `${values['min_duration']}ms`);
  if (values['max_duration'] !== '') query.set('maxDuration', `${values['max_duration']}ms`);
  if (values['cursor'] !== '') query.set('cursor', String(values['cursor']));
  query.set('from', pointInTime(String(values['since'])));
  // Without an end the server looks a little past now, where clocks that run ahead put their spans.
  if (values['until'] !== '') query.set('to', pointInTime(String(values['until'])));
  return query;
}

/** `15m` means 15 minutes ago; everything else is left to the server to read. */
function pointInTime(text: string): string {
  return /^\d+(\.\d+)?(ms|s|m|h|d)$/.test(text) ? `now-${text}` : text;
}

function page(answer: Answer, url: string, terminal: Terminal): string {
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
