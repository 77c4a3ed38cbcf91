/**
 * Bytes of a file → OTLP trace messages, whatever common form they are in.
 *
 * A form is recognised by reading the whole file as it: nothing is sent from a file that is
 * broken somewhere. Never knows: where the bytes came from, where they go.
 */
import { walkLimits, walkTraces } from '@clew/wire';
import { CliError } from '../cli-error.ts';
import { counted } from '../terminal/numbers.ts';
import { jsonMessages, looksLikeJson } from './json-messages.ts';
import { isZstd, unpackZstd } from './read-file.ts';

export type Format =
  | 'protobuf'
  | 'protobuf, length-delimited'
  | 'protobuf, 4-byte lengths'
  | 'zstd, 4-byte lengths'
  | 'JSON, 4-byte lengths'
  | 'JSON'
  | 'JSON lines'
  | 'Zipkin JSON'
  | 'Jaeger JSON';

export interface Messages {
  readonly format: Format;
  readonly messages: readonly Uint8Array[];
}

/** `name` is used in errors. Throws CliError that says what was found and at which byte. */
export async function readMessages(bytes: Uint8Array, name: string): Promise<Messages> {
  if (bytes.length === 0) throw new CliError(`${name} is empty; expected OTLP protobuf or JSON`);
  // A protobuf file may begin with 0x0a, which is a line feed: JSON is only tried when the first
  // character that is no space opens an object or a list, and protobuf does not fit.
  const attempts = [asOne(bytes), asFrames(bytes, varintLength), asFrames(bytes, fourByteLength)];
  const formats = ['protobuf', 'protobuf, length-delimited', 'protobuf, 4-byte lengths'] as const;
  for (const [at, attempt] of attempts.entries()) {
    if ('messages' in attempt) return { format: formats[at] as Format, messages: attempt.messages };
  }
  if (looksLikeJson(bytes)) return jsonMessages(bytes, name);
  const packed = readFrames(bytes);
  if (packed !== undefined) return openFrames(packed, name);
  throw notOtlp(bytes, name, attempts as Failure[]);
}

interface Failure {
  readonly offset: number;
  readonly reason: string;
  /** Spans read before the failure: many make this form the likely one. */
  readonly spans: number;
}

type Attempt = { readonly messages: Uint8Array[] } | Failure;

function asOne(bytes: Uint8Array): Attempt {
  const { ok, offset, reason, spans } = check(bytes);
  if (!ok) return { offset, reason, spans };
  if (spans === 0) return { offset: 0, reason: 'no-spans', spans };
  return { messages: [bytes] };
}

/** Answers the length of a frame and where its content starts, or undefined at a torn head. */
type LengthReader = (
  bytes: Uint8Array,
  at: number,
) => { length: number; start: number } | undefined;

function asFrames(bytes: Uint8Array, readLength: LengthReader): Attempt {
  const messages: Uint8Array[] = [];
  let spans = 0;
  for (let at = 0; at < bytes.length; ) {
    const head = readLength(bytes, at);
    if (head === undefined) return { offset: at, reason: 'truncated', spans };
    const end = head.start + head.length;
    if (end > bytes.length) return { offset: at, reason: 'truncated', spans };
    const message = bytes.subarray(head.start, end);
    const walked = check(message);
    spans += walked.spans;
    if (!walked.ok) return { offset: head.start + walked.offset, reason: walked.reason, spans };
    messages.push(message);
    at = end;
  }
  return spans === 0 ? { offset: 0, reason: 'no-spans', spans } : { messages };
}

/** The varint before each message that most protobuf libraries write. */
function varintLength(bytes: Uint8Array, at: number) {
  let length = 0;
  for (let i = 0; i < 5 && at + i < bytes.length; i++) {
    const byte = bytes[at + i] as number;
    length += (byte & 0x7f) * 128 ** i;
    if (byte < 0x80) return { length, start: at + i + 1 };
  }
  return undefined;
}

/** The big-endian length that the OpenTelemetry Collector's file exporter writes. */
function fourByteLength(bytes: Uint8Array, at: number) {
  if (at + 4 > bytes.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, 4);
  return { length: view.getUint32(0), start: at + 4 };
}

/** The frames of a file that is nothing but frames which begin like zstd or JSON. */
function readFrames(bytes: Uint8Array): Uint8Array[] | undefined {
  const frames: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const head = fourByteLength(bytes, at);
    const end = head === undefined ? Number.POSITIVE_INFINITY : head.start + head.length;
    if (head === undefined || end > bytes.length) return undefined;
    const frame = bytes.subarray(head.start, end);
    if (!isZstd(frame) && !looksLikeJson(frame)) return undefined;
    frames.push(frame);
    at = end;
  }
  return frames;
}

/** What the file exporter writes with `compression: zstd`, or with `format: json` in frames. */
async function openFrames(frames: readonly Uint8Array[], name: string): Promise<Messages> {
  const messages: Uint8Array[] = [];
  for (const [at, frame] of frames.entries()) {
    const place = `${name}, message ${at + 1}`;
    const bytes = isZstd(frame) ? await unpackZstd(frame, place) : frame;
    if (looksLikeJson(bytes)) messages.push(...jsonMessages(bytes, place).messages);
    else if (check(bytes).ok) messages.push(bytes);
    else throw notOtlp(bytes, place, [{ ...check(bytes) }]);
  }
  const isPacked = frames.some(isZstd);
  return { format: isPacked ? 'zstd, 4-byte lengths' : 'JSON, 4-byte lengths', messages };
}

/** The structural walk; how many spans one request may hold is `split.ts`' business. */
function check(message: Uint8Array) {
  const limits = { ...walkLimits, spansPerRequest: Number.MAX_SAFE_INTEGER };
  const { verdict, spans, offset, reason } = walkTraces(message, limits, Date.now());
  return { ok: verdict !== 'refuse', spans, offset, reason };
}

function notOtlp(bytes: Uint8Array, name: string, failures: readonly Failure[]): CliError {
  const best = failures.reduce((most, one) => (one.spans > most.spans ? one : most));
  const after = best.spans === 0 ? '' : `, after ${counted(best.spans, 'span')}`;
  const hint = 'nothing of this file was sent';
  if (best.reason === 'truncated' && (best.spans > 0 || beginsLikeOtlp(bytes))) {
    return new CliError(
      `${name} is truncated: it ends at byte ${bytes.length}, within what begins at byte ${best.offset}${after}`,
      { hint },
    );
  }
  if (best.spans > 0) {
    const place = `byte ${best.offset} of ${bytes.length}`;
    return new CliError(`${name} is broken (${best.reason}) at ${place}${after}`, { hint });
  }
  const head = Buffer.from(bytes.subarray(0, 8))
    .toString('hex')
    .replaceAll(/(..)(?=.)/g, '$1 ');
  const { reason, offset } = failures[0] as Failure;
  return new CliError(
    `${name} is not OTLP traces: ${reason} at byte ${offset} of ${bytes.length} (it begins ${head})`,
    {
      hint: 'expected OTLP protobuf (one message or length-delimited) or OTLP/JSON (one object or lines)',
    },
  );
}

const RESOURCE_SPANS_TAG = 0x0a;

/** A message whose first field is ResourceSpans, bare or behind its length, with a known field in it. */
function beginsLikeOtlp(bytes: Uint8Array): boolean {
  const isMessage = (at: number) => {
    const inner = bytes[at] === RESOURCE_SPANS_TAG ? varintLength(bytes, at + 1) : undefined;
    return inner !== undefined && [0x0a, 0x12, 0x1a].includes(bytes[inner.start] ?? 0);
  };
  return isMessage(0) || isMessage(varintLength(bytes, 0)?.start ?? 0) || isMessage(4);
}
