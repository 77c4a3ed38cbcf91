/**
 * `clew trace ID`: one trace as a waterfall, or as the OTLP/JSON that the server stored.
 *
 * Asks the running server; never opens the data directory.
 */
import { CliError } from '../cli-error.ts';
import { type Command, jsonFlag, serverFlag } from '../command.ts';
import { createServerClient, type ServerClient } from '../server-client.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { type OtlpTrace, traceRows } from '../terminal/trace-rows.ts';
import { waterfall } from '../terminal/waterfall.ts';

export const command: Command = {
  name: 'trace',
  says: 'print one trace as a waterfall',
  usage: 'ID|- [--json]',
  positionalsMax: 1,
  flags: [
    serverFlag,
    { key: 'rows', type: 'int', default: 500, min: 1, says: 'print at most this many spans' },
    jsonFlag,
  ],
  examples: [
    ['clew trace 5b8efff798038103d269b633813fc60c', 'the waterfall; 16 digits and dashes work too'],
    ['clew trace ID --json | jq .', 'OTLP/JSON, exactly as it was sent'],
    ['clew search --status error --json | jq -r .traces[0].traceId | clew trace -', 'piped in'],
  ],
  run: async ({ values, positionals }, terminal) => {
    const id = traceIdIn(positionals[0] === '-' ? await readAll(terminal) : positionals[0]);
    const client = createServerClient(String(values['server']));
    const { body: trace, headers } = await client.ask<OtlpTrace>(`/api/v1/traces/${id}`);
    for (const note of wholeness(headers)) {
      terminal.err(`${terminal.errStyle.yellow('!')} ${note}\n`);
    }
    terminal.out(
      values['json'] === true
        ? `${JSON.stringify(trace)}\n`
        : await picture(trace, client, Number(values['rows']), terminal),
    );
    return 0;
  },
};

/** What the server says about how whole and how fresh its answer is; nothing when it is both. */
function wholeness(headers: Headers): string[] {
  const notes: string[] = [];
  if (headers.get('clew-complete') === 'false') {
    notes.push('the trace is longer than the server prints as JSON (ui.trace_json_spans_max)');
  }
  if (headers.get('clew-fresh') === 'false') {
    notes.push('spans that have just been received may be missing: ask again in a moment');
  }
  return notes;
}

interface Summary {
  readonly services?: readonly { readonly name: string; readonly look: number }[];
}

async function picture(
  trace: OtlpTrace,
  client: ServerClient,
  rowsMax: number,
  terminal: Terminal,
): Promise<string> {
  const rows = traceRows(trace);
  // Colours are decoration: a server that cannot answer this one still has its trace printed.
  const summary: Summary = await client
    .get<Summary>(`/api/v1/traces/${rows.traceId}/summary`)
    .catch(() => ({}));
  const linkedUrl = (traceId: string) => `${client.url}/trace/${traceId}`;
  return waterfall(rows, {
    width: terminal.width,
    style: terminal.style,
    looks: new Map((summary.services ?? []).map(({ name, look }) => [name, look])),
    pageUrl: linkedUrl(rows.traceId),
    linkedUrl,
    rowsMax,
  });
}

/**
 * Finds the id in what was pasted: bare, dashed, in a `traceparent`, in a URL or a log line.
 * The longest run of 32 hex digits wins over one of 16.
 */
export function traceIdIn(text: string | undefined): string {
  const pasted = (text ?? '').trim();
  const dashed = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/i.exec(pasted);
  const found =
    dashed?.[0].replaceAll('-', '') ??
    /(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])/i.exec(pasted)?.[0] ??
    /(?<![0-9a-f])[0-9a-f]{16}(?![0-9a-f])/i.exec(pasted)?.[0];
  if (found !== undefined) return found.toLowerCase();
  const what = pasted === '' ? 'no trace id given' : `no trace id in "${pasted.slice(0, 60)}"`;
  throw new CliError(`${what}; expected 32 or 16 hex digits`, {
    hint: '`clew search` lists recent traces with their ids',
    exitCode: 2,
  });
}

/** A pasted line is short; what is longer than this is no id. */
const PIPED_BYTES_MAX = 65_536;

async function readAll({ stdin }: Terminal): Promise<string> {
  let text = '';
  for await (const chunk of stdin) {
    text += String(chunk);
    if (text.length > PIPED_BYTES_MAX) break;
  }
  return text;
}
