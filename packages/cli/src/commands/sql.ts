/**
 * `clew sql 'SELECT …'`: one SELECT over the documented views, as a table for people or a file for programs.
 *
 * Never knows SQL: the server reads it, and draws the place of a mistake.
 */
import { writeFile } from 'node:fs/promises';
import { CliError } from '../cli-error.ts';
import { type Arguments, type Command, serverFlag } from '../command.ts';
import { createServerClient } from '../server-client.ts';
import { counted } from '../terminal/numbers.ts';
import { type Column, table } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** What the server reads at most. */
const sqlBytesMax = 64 * 1024;

export const command: Command = {
  name: 'sql',
  says: 'ask in SQL',
  usage: "['SELECT …'] [--format table|json|csv|arrow|parquet] [--out FILE]",
  positionalsMax: 1,
  flags: [
    {
      key: 'format',
      type: 'choice',
      choices: ['table', 'json', 'csv', 'arrow', 'parquet'],
      default: 'table',
      says: 'form of the answer',
    },
    {
      key: 'out',
      type: 'string',
      default: '',
      valueName: 'FILE',
      says: 'write the answer there instead of printing it',
    },
    serverFlag,
  ],
  examples: [
    [
      `clew sql "select service, count() as spans, quantile(0.95)(duration_ms) as p95 from spans('now-1h') group by service order by p95 desc"`,
      'which service is slow',
    ],
    [
      `clew sql "select tree, duration_ms from trace_tree('0af7651916cd43dd8448eb211c80319c') order by sort_key"`,
      'one trace as a tree',
    ],
    ['clew sql --format parquet --out spans.parquet < question.sql', 'a file for other programs'],
  ],
  run: async (args, terminal) => {
    const sql = await sqlOf(args, terminal);
    const format = String(args.values['format']);
    const out = String(args.values['out'] ?? '');
    refuseBytesOnScreen(format, out, terminal);
    const client = createServerClient(String(args.values['server']));
    const asked = { sql, format: format === 'table' ? 'json' : format };
    const bytes = await client.post('/api/v1/sql', asked);
    if (format !== 'table') return give(bytes, out, terminal);
    const answer = JSON.parse(Buffer.from(bytes).toString('utf8')) as SqlAnswer;
    const text = Buffer.from(printTable(answer, terminal, out === ''));
    return give(text, out, terminal);
  },
};

async function sqlOf({ positionals }: Arguments, { stdin, isTty }: Terminal): Promise<string> {
  const [given] = positionals;
  const text = given ?? (isTty && process.stdin.isTTY ? '' : await readAll(stdin));
  if (text.trim() !== '') return text;
  throw new CliError('no SQL given; expected a SELECT in quotes, or on standard input', {
    hint: `for example: clew sql "select count() from spans"`,
    exitCode: 2,
  });
}

async function readAll(stdin: Terminal['stdin']): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdin) {
    bytes += chunk.length;
    if (bytes > sqlBytesMax) throw new CliError(`the SQL is longer than ${sqlBytesMax} bytes`);
    chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks).toString('utf8');
}

function refuseBytesOnScreen(format: string, out: string, { isTty }: Terminal): void {
  if (out !== '' || !isTty || !['arrow', 'parquet'].includes(format)) return;
  throw new CliError(`${format} is no text for a terminal`, {
    hint: `name a file: --out answer.${format}, or pipe it on`,
    exitCode: 2,
  });
}

async function give(bytes: Uint8Array, out: string, terminal: Terminal): Promise<number> {
  if (out !== '') await writeFile(out, bytes);
  else if (terminal.outBytes !== undefined) terminal.outBytes(bytes);
  else terminal.out(Buffer.from(bytes).toString('utf8'));
  return 0;
}

interface SqlAnswer {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly unknown[])[];
  readonly complete: boolean;
  readonly took: { readonly ms: number };
}

function printTable(
  { columns, rows, complete, took }: SqlAnswer,
  terminal: Terminal,
  isShown: boolean,
) {
  const { style, width } = terminal;
  const spec = columns.map(
    ({ name, type }, at): Column<readonly unknown[]> => ({
      title: name,
      text: (row) => cellText(row[at]),
      isRight: /^(?:Nullable\()?(?:U?Int|Float|Decimal)/.test(type),
      isFlexible: at === columns.length - 1,
    }),
  );
  const more = complete ? '' : ', and there are more';
  const foot = `${counted(rows.length, 'row')}${more}, ${took.ms} ms`;
  return `${table(spec, rows, width, style)}${isShown ? `${style.dim(foot)}\n` : ''}`;
}

function cellText(cell: unknown): string {
  if (typeof cell === 'string') return cell;
  return cell === null ? 'null' : JSON.stringify(cell);
}
