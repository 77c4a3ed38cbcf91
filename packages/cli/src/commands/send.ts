/**
 * `clew send FILE…`: OTLP files to a collector over OTLP/HTTP.
 *
 * A file that cannot be read whole is not sent at all; other files still are.
 */
import { CliError } from '../cli-error.ts';
import { type Arguments, type Command, jsonFlag } from '../command.ts';
import { type Format, readMessages } from '../send/messages.ts';
import { post } from '../send/post.ts';
import { readFileBytes } from '../send/read-file.ts';
import { countSpans, requests } from '../send/split.ts';
import { normalUrl } from '../server-client.ts';
import { counted, printCount, printNs, printSize } from '../terminal/numbers.ts';
import { createProgress, type Progress } from '../terminal/progress.ts';
import type { Terminal } from '../terminal/terminal.ts';

export const command: Command = {
  name: 'send',
  says: 'send OTLP files (protobuf or JSON, gzip too)',
  usage: 'FILE… [--to URL]',
  positionalsMax: Number.MAX_SAFE_INTEGER,
  flags: [
    {
      key: 'to',
      type: 'string',
      default: 'http://127.0.0.1:4318',
      valueName: 'URL',
      says: 'the OTLP/HTTP address; /v1/traces is added where it is missing',
    },
    {
      key: 'request_bytes',
      type: 'bytes',
      default: 4 * 1024 * 1024,
      min: 1024,
      says: 'larger files are split into requests of at most this size',
    },
    {
      key: 'request_spans',
      type: 'int',
      default: 10_000,
      min: 1,
      says: 'and of at most this many spans',
    },
    {
      key: 'retry_for',
      type: 'duration',
      default: 60_000,
      says: 'how long to go on when the server is busy (429, 503) or the connection breaks',
    },
    jsonFlag,
  ],
  examples: [
    ['clew send traces.json traces.pb.gz', 'files of any OTLP form, each recognised by its bytes'],
    ['zcat day.jsonl.gz | clew send - --to http://collector:4318', 'standard input, elsewhere'],
  ],
  run: async (args, terminal) => {
    if (args.positionals.length === 0) {
      throw new CliError('no file given; expected clew send FILE…', {
        hint: '`-` reads standard input',
        exitCode: 2,
      });
    }
    const progress = createProgress(terminal);
    const start = terminal.now();
    const results: FileResult[] = [];
    for (const file of args.positionals) {
      results.push(await sendFile(file, args, terminal, progress));
    }
    progress.clear();
    const summary = sum(results, terminal.now() - start);
    if (args.values['json'] === true) terminal.out(`${JSON.stringify(summary)}\n`);
    else print(summary, terminal);
    const isAllIn = results.every((one) => one.error === undefined && one.rejectedSpans === 0);
    return isAllIn ? 0 : 1;
  },
};

interface FileResult {
  readonly file: string;
  format?: Format;
  bytes: number;
  /** Spans in the file. */
  spans: number;
  acceptedSpans: number;
  rejectedSpans: number;
  requests: number;
  retries: number;
  /** What the server said about rejected spans, each sentence once. */
  readonly messages: string[];
  error?: string;
  hint?: string;
}

async function sendFile(
  file: string,
  args: Arguments,
  terminal: Terminal,
  progress: Progress,
): Promise<FileResult> {
  const result: FileResult = {
    file,
    bytes: 0,
    spans: 0,
    acceptedSpans: 0,
    rejectedSpans: 0,
    requests: 0,
    retries: 0,
    messages: [],
  };
  try {
    const read = readMessages(await readFileBytes(file, terminal), file);
    result.format = read.format;
    result.spans = read.messages.reduce((total, message) => total + countSpans(message), 0);
    await sendMessages(read.messages, result, args, terminal, progress);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    result.error = error.message;
    if (error.hint !== undefined) result.hint = error.hint;
  }
  return result;
}

async function sendMessages(
  messages: readonly Uint8Array[],
  result: FileResult,
  { values }: Arguments,
  terminal: Terminal,
  progress: Progress,
): Promise<void> {
  const limits = {
    bytesMax: Number(values['request_bytes']),
    spansMax: Number(values['request_spans']),
  };
  let done = 0;
  const show = (says = '') => {
    const facts = `${printCount(done)} of ${counted(result.spans, 'span')}`;
    progress.show(done / Math.max(1, result.spans), `${facts}  ${result.file}${says}`);
  };
  show();
  for (const { body, spans } of requests(messages, limits)) {
    const posted = await post(body, {
      url: tracesUrl(String(values['to'])),
      retryForMs: Number(values['retry_for']),
      now: terminal.now,
      onRetry: (why, waitMs) => show(`  ${why}; again in ${printNs(waitMs * 1e6)}`),
    });
    result.requests++;
    result.bytes += body.length;
    result.retries += posted.retries;
    result.rejectedSpans += posted.rejectedSpans;
    result.acceptedSpans += spans - posted.rejectedSpans;
    if (posted.message !== '' && !result.messages.includes(posted.message)) {
      result.messages.push(posted.message);
    }
    done += spans;
    show();
  }
}

export function tracesUrl(to: string): string {
  const url = new URL(normalUrl(to));
  if (url.pathname === '/') url.pathname = '/v1/traces';
  return url.href;
}

function sum(files: readonly FileResult[], ms: number) {
  const total = (pick: (one: FileResult) => number) =>
    files.reduce((most, one) => most + pick(one), 0);
  return {
    spans: total((one) => one.spans),
    acceptedSpans: total((one) => one.acceptedSpans),
    rejectedSpans: total((one) => one.rejectedSpans),
    requests: total((one) => one.requests),
    bytes: total((one) => one.bytes),
    retries: total((one) => one.retries),
    ms,
    files,
  };
}

function print(summary: ReturnType<typeof sum>, { out, err, style, errStyle }: Terminal): void {
  for (const one of summary.files) {
    for (const message of one.messages) err(`${errStyle.yellow('!')} ${one.file}: ${message}\n`);
    if (one.error === undefined) continue;
    err(`${errStyle.red('✕')} ${one.error}\n`);
    if (one.hint !== undefined) err(`  ${one.hint}\n`);
  }
  const isGood = summary.acceptedSpans === summary.spans && !summary.files.some((one) => one.error);
  const facts = [
    counted(summary.requests, 'request'),
    printSize(summary.bytes),
    ...(summary.retries > 0 ? [`${summary.retries} tried again`] : []),
    printNs(summary.ms * 1e6),
  ].join(', ');
  const mark = isGood ? style.green('✓') : style.yellow('!');
  const taken = counted(summary.acceptedSpans, 'span');
  const rejected =
    summary.rejectedSpans > 0 ? style.red(` · ${printCount(summary.rejectedSpans)} rejected`) : '';
  const failed = summary.files.filter((one) => one.error !== undefined).length;
  const unsent = failed > 0 ? style.red(` · ${counted(failed, 'file')} failed`) : '';
  out(`${mark} ${taken} taken${rejected}${unsent} (${facts})\n`);
}
