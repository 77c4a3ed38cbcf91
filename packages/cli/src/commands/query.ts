/**
 * `clew query 'TRACEQL'`: traces or spans that a TraceQL text asks for, or how the server would find them. When there are
 * none, the server is asked why.
 *
 * Never knows the language: the server reads it, and draws the place of a mistake.
 */
import { CliError } from '../cli-error.ts';
import { type Arguments, type Command, jsonFlag, serverFlag } from '../command.ts';
import { createServerClient, type ServerClient } from '../server-client.ts';
import { printHits, type SearchAnswer } from '../terminal/hits.ts';
import { counted } from '../terminal/numbers.ts';
import type { Style } from '../terminal/style.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { byFlag, pageFlags, pageQuery } from './page.ts';

export const command: Command = {
  name: 'query',
  says: 'ask in TraceQL',
  usage: "'TRACEQL' [--by trace|span] [--explain | --why]",
  positionalsMax: 1,
  flags: [
    byFlag,
    ...pageFlags,
    {
      key: 'explain',
      type: 'bool',
      default: false,
      says: 'print the plan and the SQL instead of asking',
    },
    {
      key: 'why',
      type: 'bool',
      default: false,
      says: 'say why nothing is found, and what would be; an empty answer says it by itself',
    },
    serverFlag,
    jsonFlag,
  ],
  examples: [
    [`clew query '{ status = error && duration > 1s }'`, 'slow failures of the last hour'],
    [
      `clew query '{ resource.service.name = "cart" } >> { status = error }' --since 15m`,
      'failures below the cart',
    ],
    [`clew query '{ name =~ "GET .*" }' --by span --explain`, 'how spans would be found'],
    [`clew query '{ span.user = "ann" }' --why`, 'which condition holds nowhere, and what is near'],
  ],
  run: async (args, terminal) => {
    const client = createServerClient(String(args.values['server']));
    terminal.out(await askOf(args)(client, args, terminal));
    return 0;
  },
};

type AskServer = (client: ServerClient, args: Arguments, terminal: Terminal) => Promise<string>;

function askOf({ values }: Arguments): AskServer {
  const { explain: isExplained, why: isWhy } = values;
  if (isExplained === true && isWhy === true) {
    throw new CliError('--explain and --why exclude each other', { exitCode: 2 });
  }
  if (isExplained === true) return explain;
  return isWhy === true ? why : search;
}

async function search(client: ServerClient, args: Arguments, terminal: Terminal): Promise<string> {
  const answer = await client.get<SearchAnswer>(queryPath(args));
  if (isJson(args)) return `${JSON.stringify(answer)}\n`;
  const isEmpty = (answer.traces ?? answer.spans ?? []).length === 0;
  // At the end of a list that has been walked there is nothing to explain.
  if (!isEmpty || !answer.complete || args.values['cursor'] !== '') {
    return printHits(answer, client.url, terminal);
  }
  const noun = answer.traces === undefined ? 'span' : 'trace';
  return `no ${noun} matches\n${await why(client, args)}`;
}

/** The answer of `GET /api/v1/why-empty`, as far as it is printed. */
interface WhyEmpty {
  readonly text: string;
}

async function why(client: ServerClient, args: Arguments): Promise<string> {
  const answer = await client.get<WhyEmpty>(whyPath(args));
  return isJson(args) ? `${JSON.stringify(answer)}\n` : `${answer.text}\n`;
}

async function explain(client: ServerClient, args: Arguments, terminal: Terminal): Promise<string> {
  const answer = await client.get<Explanation>(explainPath(args));
  return isJson(args) ? `${JSON.stringify(answer)}\n` : printExplanation(answer, terminal.style);
}

function isJson({ values }: Arguments): boolean {
  return values['json'] === true;
}

export function queryPath(args: Arguments): string {
  return `/api/v1/search?${parameters(args)}`;
}

export function explainPath(args: Arguments): string {
  if (args.values['cursor'] !== '') {
    throw new CliError('--explain and --cursor exclude each other: the plan of every page is one', {
      exitCode: 2,
    });
  }
  return `/api/v1/explain?${parameters(args)}`;
}

export function whyPath(args: Arguments): string {
  const asked = parameters(args);
  for (const name of ['by', 'limit', 'cursor']) asked.delete(name);
  return `/api/v1/why-empty?${asked}`;
}

function parameters(args: Arguments): URLSearchParams {
  const query = pageQuery(args);
  query.set('q', textOf(args));
  return query;
}

function textOf({ positionals }: Arguments): string {
  const text = positionals[0] ?? '';
  if (text.trim() !== '') return text;
  throw new CliError('no TraceQL given; expected a query in quotes', {
    hint: `for example: clew query '{ status = error }'`,
    exitCode: 2,
  });
}

interface ExplainedStatement {
  readonly sql: string;
  readonly parameters: number;
}

/** The answer of `GET /api/v1/explain`. */
interface Explanation {
  readonly traceql: string;
  readonly plan: string;
  readonly statement: ExplainedStatement;
  readonly evaluation: ExplainedStatement | null;
}

function printExplanation(answer: Explanation, style: Style): string {
  const { traceql, plan, statement, evaluation } = answer;
  const part = (title: string, text: string) => `${style.bold(title)}\n${text.trimEnd()}\n`;
  const sql = (title: string, { sql: text, parameters: count }: ExplainedStatement) =>
    part(`${title}, ${counted(count, 'parameter')}`, text);
  const parts = [
    part('TraceQL', traceql),
    part('Plan', plan),
    sql('SQL for each window of time', statement),
  ];
  if (evaluation !== null) parts.push(sql('SQL for the traces found', evaluation));
  return parts.join('\n');
}
