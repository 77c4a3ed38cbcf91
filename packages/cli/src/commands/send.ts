/**
 * `clew send FILE…`: files of spans to a collector over OTLP/HTTP, once as they are or again and again as load.
 *
 * A file that cannot be read whole is not sent at all; other files still are.
 */
import { CliError } from '../cli-error.ts';
import { type Arguments, type Command, jsonFlag } from '../command.ts';
import { readMessages } from '../send/messages.ts';
import { readFileBytes } from '../send/read-file.ts';
import { isReplay, replayFiles } from '../send/replay-files.ts';
import {
  emptyResult,
  type FileResult,
  noteError,
  requestLimits,
  type Sending,
  sendRequest,
  startSending,
} from '../send/sending.ts';
import { countSpans, requests } from '../send/split.ts';
import { counted, printCount, printNs, printSize } from '../terminal/numbers.ts';
import type { Terminal } from '../terminal/terminal.ts';

export const command: Command = {
  name: 'send',
  says: 'send files of spans (OTLP, Zipkin or Jaeger JSON; gzip, zstd), once or as load',
  usage: 'FILE… [--to URL] [--rate N] [--loop]',
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
    {
      key: 'rate',
      type: 'int',
      default: 0,
      min: 0,
      max: 10_000_000,
      says: 'spans per second to send; 0 is as fast as the server takes them',
    },
    {
      key: 'loop',
      type: 'bool',
      default: false,
      says: 'send the files again and again, with fresh ids each time, until --for or Ctrl-C',
    },
    {
      key: 'for',
      type: 'duration',
      default: 0,
      says: 'stop after this long; 0 means at the end, or with --loop never',
    },
    {
      key: 'shift_time',
      type: 'bool',
      default: false,
      says: 'move all times so that the last span of the files ends now; fresh ids too',
    },
    jsonFlag,
  ],
  examples: [
    ['clew send traces.json traces.pb.gz', 'files of any OTLP form, each recognised by its bytes'],
    ['clew send day.pb --rate 2000 --loop --shift-time', 'a capture as steady load, as of now'],
    ['zcat day.jsonl.gz | clew send - --to http://collector:4318', 'standard input, elsewhere'],
  ],
  run: async (args, terminal) => {
    if (args.positionals.length === 0) {
      throw new CliError('no file given; expected clew send FILE…', {
        hint: '`-` reads standard input',
        exitCode: 2,
      });
    }
    const sending = startSending(args, terminal);
    const results: FileResult[] = [];
    try {
      if (isReplay(args)) results.push(...(await replayFiles(args, terminal, sending)));
      else
        for (const file of args.positionals)
          results.push(await sendFile(file, args, terminal, sending));
    } finally {
      sending.end();
    }
    const summary = sum(results, terminal.now() - sending.startMs);
    if (args.values['json'] === true) terminal.out(`${JSON.stringify(summary)}\n`);
    else print(summary, terminal);
    const isAllIn = results.every((one) => one.error === undefined && one.rejectedSpans === 0);
    return isAllIn ? 0 : 1;
  },
};

async function sendFile(
  file: string,
  args: Arguments,
  terminal: Terminal,
  sending: Sending,
): Promise<FileResult> {
  const result = emptyResult(file);
  try {
    const read = await readMessages(await readFileBytes(file, terminal), file);
    result.format = read.format;
    result.spans = read.messages.reduce((total, message) => total + countSpans(message), 0);
    await sendMessages(read.messages, result, args, terminal, sending);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    noteError(result, error);
  }
  return result;
}

async function sendMessages(
  messages: readonly Uint8Array[],
  result: FileResult,
  args: Arguments,
  terminal: Terminal,
  sending: Sending,
): Promise<void> {
  let done = 0;
  for (const request of requests(messages, requestLimits(args))) {
    const share = done / Math.max(1, result.spans);
    const says = `${printCount(done)} of ${counted(result.spans, 'span')}  ${result.file}`;
    await sendRequest(request, result, args, terminal, (more = '') =>
      sending.progress.show(share, says + more),
    );
    done += request.spans;
  }
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
