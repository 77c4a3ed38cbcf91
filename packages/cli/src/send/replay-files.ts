/**
 * Files as load: read once, then sent round by round as if they were new.
 *
 * Never knows: how ids and times are changed, which `replay.ts` does.
 */
import { CliError } from '../cli-error.ts';
import type { Arguments } from '../command.ts';
import { counted, printCount } from '../terminal/numbers.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { readMessages } from './messages.ts';
import { readFileBytes } from './read-file.ts';
import { type Capture, createReplay } from './replay.ts';
import {
  emptyResult,
  type FileResult,
  noteError,
  requestLimits,
  type Sending,
  sendRequest,
} from './sending.ts';
import { requests } from './split.ts';

/** Sent as load, spans are new ones each time; sent once as they are, they stay what they were. */
export function isReplay({ values }: Arguments): boolean {
  return values['loop'] === true || values['shift_time'] === true || values['rate'] !== 0;
}

/** All files are read before anything is sent, so that rounds are alike. One result for all that can be read. */
export async function replayFiles(
  args: Arguments,
  terminal: Terminal,
  sending: Sending,
): Promise<FileResult[]> {
  const whole = emptyResult(args.positionals.join(' '));
  const failed: FileResult[] = [];
  const captures: Capture[] = [];
  for (const file of args.positionals) {
    try {
      const { messages } = await readMessages(await readFileBytes(file, terminal), file);
      captures.push(...requests(messages, requestLimits(args)));
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      const result = emptyResult(file);
      noteError(result, error);
      failed.push(result);
    }
  }
  try {
    if (captures.length > 0) await replay(captures, whole, args, terminal, sending);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    noteError(whole, error);
  }
  return captures.length > 0 ? [whole, ...failed] : failed;
}

async function replay(
  captures: readonly Capture[],
  result: FileResult,
  args: Arguments,
  terminal: Terminal,
  { progress, pace, signal, startMs }: Sending,
): Promise<void> {
  const { values } = args;
  const replayed = createReplay(captures);
  const forMs = Number(values['for']);
  for (let rounds = 1; !signal.aborted; rounds++) {
    const shiftNs = BigInt(terminal.now()) * 1_000_000n - replayed.endNs;
    const round = replayed.round(values['shift_time'] === true ? shiftNs : 0n);
    for (const [at, { spans }] of captures.entries()) {
      await pace.wait(spans);
      if (signal.aborted) return;
      const share = forMs > 0 ? (terminal.now() - startMs) / forMs : (at + 1) / captures.length;
      const seconds = Math.max(1, terminal.now() - startMs) / 1000;
      const perSecond = printCount(Math.round(result.spans / seconds));
      const says = `${counted(result.spans, 'span')}, ${perSecond}/s, round ${rounds}`;
      result.spans += spans;
      await sendRequest({ body: round.rewrite(at), spans }, result, args, terminal, (more = '') =>
        progress.show(Math.min(1, share), says + more),
      );
    }
    if (values['loop'] !== true) return;
  }
}
