/**
 * What all files of one `clew send` share: pace, progress, the end, and how a request goes out and is counted.
 *
 * Never knows: files.
 */
import type { CliError } from '../cli-error.ts';
import type { Arguments } from '../command.ts';
import { normalUrl } from '../server-client.ts';
import { printNs } from '../terminal/numbers.ts';
import { createProgress, type Progress } from '../terminal/progress.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Format } from './messages.ts';
import { createPace, type Pace } from './pace.ts';
import { post } from './post.ts';
import type { Capture } from './replay.ts';

export interface FileResult {
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

export function emptyResult(file: string): FileResult {
  return {
    file,
    bytes: 0,
    spans: 0,
    acceptedSpans: 0,
    rejectedSpans: 0,
    requests: 0,
    retries: 0,
    messages: [],
  };
}

export function noteError(result: FileResult, error: CliError): void {
  result.error = error.message;
  if (error.hint !== undefined) result.hint = error.hint;
}

/** What lasts from the first request to the summary. */
export interface Sending {
  readonly startMs: number;
  readonly progress: Progress;
  readonly pace: Pace;
  /** Aborted by Ctrl-C or when --for is over: the request under way is the last. */
  readonly signal: AbortSignal;
  readonly end: () => void;
}

export function startSending({ values }: Arguments, terminal: Terminal): Sending {
  const stop = new AbortController();
  const abort = () => stop.abort();
  const forMs = Number(values['for']);
  const timer = forMs > 0 ? setTimeout(abort, forMs) : undefined;
  process.once('SIGINT', abort).once('SIGTERM', abort);
  const progress = createProgress(terminal);
  return {
    startMs: terminal.now(),
    progress,
    pace: createPace(Number(values['rate']), terminal.now, stop.signal),
    signal: stop.signal,
    end: () => {
      clearTimeout(timer);
      process.removeListener('SIGINT', abort).removeListener('SIGTERM', abort);
      progress.clear();
    },
  };
}

/** With a rate, ten requests a second are smooth enough. */
export function requestLimits({ values }: Arguments) {
  const rate = Number(values['rate']);
  const spansMax = Number(values['request_spans']);
  return {
    bytesMax: Number(values['request_bytes']),
    spansMax: rate === 0 ? spansMax : Math.min(spansMax, Math.max(1, Math.ceil(rate / 10))),
  };
}

export async function sendRequest(
  { body, spans }: Capture,
  result: FileResult,
  { values }: Arguments,
  terminal: Terminal,
  show: (more?: string) => void,
): Promise<void> {
  show();
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
}

export function tracesUrl(to: string): string {
  const url = new URL(normalUrl(to));
  if (url.pathname === '/') url.pathname = '/v1/traces';
  return url.href;
}
