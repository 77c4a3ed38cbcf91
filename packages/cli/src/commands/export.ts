/**
 * `clew export ID…` and `clew export --query …`: traces as OTLP, Zipkin or Jaeger files.
 *
 * Traces are fetched and written one by one, so that a file may be larger than memory.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { CliError } from '../cli-error.ts';
import { type Arguments, type Command, serverFlag } from '../command.ts';
import { type Form, forms } from '../export/forms.ts';
import { createServerClient, type ServerClient } from '../server-client.ts';
import { counted, printSize } from '../terminal/numbers.ts';
import { createProgress } from '../terminal/progress.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { pageFlags, pageQuery } from './page.ts';
import { traceIdIn } from './trace.ts';

export const command: Command = {
  name: 'export',
  says: 'write traces to a file: OTLP, Zipkin or Jaeger JSON',
  usage: "ID… | --query 'TRACEQL' [--format FORM] [--out FILE]",
  positionalsMax: Number.MAX_SAFE_INTEGER,
  flags: [
    {
      key: 'query',
      type: 'string',
      default: '',
      valueName: 'TRACEQL',
      says: 'the traces that this asks for, newest first',
    },
    {
      key: 'format',
      type: 'choice',
      choices: forms.map(({ name }) => name),
      default: 'otlp-json',
      says: forms.map(({ name, says }) => `${name}: ${says}`).join('; '),
    },
    {
      key: 'out',
      type: 'string',
      default: '-',
      valueName: 'FILE',
      says: 'where to; - is standard output',
    },
    ...pageFlags,
    serverFlag,
  ],
  examples: [
    ['clew export 5b8efff798038103d269b633813fc60c --out trace.json', 'a trace for a bug report'],
    [
      `clew export --query '{ status = error }' --since 1d --limit 100 --format otlp-protobuf --out errors.pb`,
      'what failed today, to be sent elsewhere with clew send',
    ],
    ['clew export ID --format jaeger > trace.json', "for Jaeger's user interface"],
  ],
  run: async (args, terminal) => {
    const form = forms.find(({ name }) => name === args.values['format']) as Form;
    const client = createServerClient(String(args.values['server']));
    const ids = await traceIds(client, args);
    const sink = await openSink(String(args.values['out']), form, terminal);
    try {
      await exportTraces(ids, form, client, sink, terminal);
    } finally {
      await sink.close();
    }
    if (sink.isFile) {
      const done = `${counted(ids.length, 'trace')}, ${printSize(sink.bytes())}`;
      terminal.err(`${terminal.errStyle.green('✓')} ${args.values['out']}: ${done}\n`);
    }
    return 0;
  },
};

async function traceIds(client: ServerClient, args: Arguments): Promise<string[]> {
  const given = args.positionals.map(traceIdIn);
  const text = String(args.values['query']);
  if (text === '') {
    if (given.length > 0) return given;
    throw new CliError("nothing to export; expected trace ids or --query 'TRACEQL'", {
      hint: '`clew search` lists recent traces with their ids',
      exitCode: 2,
    });
  }
  const query = pageQuery({ ...args, values: { ...args.values, by: 'trace' } });
  query.set('q', text);
  const { traces } = await client.get<{ traces: readonly { traceId: string }[] }>(
    `/api/v1/search?${query}`,
  );
  return [...given, ...traces.map(({ traceId }) => traceId)];
}

async function exportTraces(
  ids: readonly string[],
  form: Form,
  client: ServerClient,
  sink: Sink,
  terminal: Terminal,
): Promise<void> {
  const progress = createProgress(terminal);
  await sink.write(form.before);
  for (const [at, id] of ids.entries()) {
    if (sink.isFile) progress.show(at / ids.length, `${at} of ${counted(ids.length, 'trace')}`);
    const { body, headers } = await client.ask<object>(`/api/v1/traces/${id}`);
    if (headers.get('clew-complete') === 'false') {
      progress.clear();
      terminal.err(`! ${id} has more spans than the server gives (ui.trace_json_spans_max)\n`);
    }
    if (at > 0) await sink.write(form.between);
    await sink.write(form.trace(JSON.stringify(body)));
  }
  await sink.write(form.behind);
  progress.clear();
}

interface Sink {
  readonly isFile: boolean;
  write(piece: string | Uint8Array): Promise<void>;
  bytes(): number;
  close(): Promise<void>;
}

async function openSink(path: string, { isText, name }: Form, terminal: Terminal): Promise<Sink> {
  let bytes = 0;
  if (path === '-') {
    if (!isText && terminal.isTty) {
      throw new CliError(`${name} is no text for a terminal`, {
        hint: 'name a file with --out FILE, or redirect standard output',
        exitCode: 2,
      });
    }
    return {
      isFile: false,
      async write(piece) {
        if (typeof piece === 'string') terminal.out(piece);
        else terminal.outBytes?.(piece);
      },
      bytes: () => bytes,
      close: async () => undefined,
    };
  }
  const file = await openFile(path);
  return {
    isFile: true,
    async write(piece) {
      const buffer = typeof piece === 'string' ? Buffer.from(piece) : piece;
      bytes += buffer.length;
      await file.writeFile(buffer);
    },
    bytes: () => bytes,
    close: () => file.close(),
  };
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'w');
  } catch (cause) {
    throw new CliError(`cannot write ${path}: ${(cause as Error).message}`, { cause });
  }
}
