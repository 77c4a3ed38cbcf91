/**
 * JSON text → protobuf messages: OTLP/JSON as one object, a list of objects or one object per line, or what the user
 * interfaces of Jaeger and Zipkin save.
 *
 * Never knows: any of these; `translate` reads them.
 */
import { jaegerJsonToOtlp, otlpJsonToProtobuf, zipkinJsonToOtlp } from '@clew/translate';
import { CliError } from '../cli-error.ts';
import type { Messages } from './messages.ts';

const LINE_FEED = 0x0a;

/** The first character that is no space (or byte order mark) opens an object or a list. */
export function looksLikeJson(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.subarray(0, 256)).toString('utf8');
  return /^\ufeff?\s*[[{]/.test(start);
}

export function jsonMessages(bytes: Uint8Array, name: string): Messages {
  const foreign = foreignMessages(bytes, name);
  if (foreign !== undefined) return foreign;
  const lines = [...linesOf(bytes)];
  const first = lines[0];
  if (first !== undefined && parse(first.text) !== undefined) {
    if (lines.length === 1) return { format: 'JSON', messages: objects(first, name) };
    return { format: 'JSON lines', messages: lines.flatMap((line) => objects(line, name)) };
  }
  const text = textOf(bytes);
  return { format: 'JSON', messages: objects({ text, line: 0, offset: 0 }, name) };
}

/** What Jaeger's and Zipkin's own user interfaces save. Recognised by the members near its beginning. */
function foreignMessages(bytes: Uint8Array, name: string): Messages | undefined {
  const start = Buffer.from(bytes.subarray(0, 4096)).toString('utf8');
  if (/"resource_?spans"/i.test(start)) return undefined;
  if (/^\ufeff?\s*(\{\s*"data"\s*:|\[?\s*\{\s*"traceID"\s*:)/.test(start)) {
    return { format: 'Jaeger JSON', messages: [read(jaegerJsonToOtlp, bytes, name)] };
  }
  if (/^\ufeff?\s*\[\s*\{[^[{]*"traceId"\s*:/.test(start)) {
    const zipkin = (body: Uint8Array) => zipkinJsonToOtlp(body, Date.now());
    return { format: 'Zipkin JSON', messages: [read(zipkin, bytes, name)] };
  }
  return undefined;
}

function read(
  translate: (body: Uint8Array) => Uint8Array,
  bytes: Uint8Array,
  name: string,
): Uint8Array {
  try {
    return translate(bytes);
  } catch (cause) {
    throw new CliError(`${name} cannot be read: ${(cause as Error).message}`, {
      hint: 'nothing of this file was sent',
      cause,
    });
  }
}

interface Line {
  readonly text: string;
  /** From 1; 0 when the text is the whole file. */
  readonly line: number;
  /** Bytes before it in the file. */
  readonly offset: number;
}

function* linesOf(bytes: Uint8Array): Generator<Line> {
  let line = 1;
  for (let at = 0; at < bytes.length; line++) {
    const found = bytes.indexOf(LINE_FEED, at);
    const end = found < 0 ? bytes.length : found;
    const text = textOf(bytes.subarray(at, end));
    if (text !== '') yield { text, line, offset: at };
    at = end + 1;
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trim();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function objects(line: Line, name: string): Uint8Array[] {
  const place = line.line === 0 ? name : `${name}, line ${line.line}`;
  let value: unknown;
  try {
    value = JSON.parse(line.text);
  } catch (cause) {
    throw brokenJson(line, place, cause);
  }
  const items = Array.isArray(value) ? value : [value];
  return items.map((item) => {
    refuseOthers(item, place);
    // Most files are one object per line, whose text is at hand already.
    return translate(item === value ? line.text : JSON.stringify(item), place);
  });
}

function translate(text: string, place: string): Uint8Array {
  try {
    return otlpJsonToProtobuf(text);
  } catch (cause) {
    throw new CliError(`${place} is not OTLP/JSON: ${(cause as Error).message}`, {
      hint: 'nothing of this file was sent',
      cause,
    });
  }
}

function brokenJson({ text, offset }: Line, place: string, cause: unknown): CliError {
  const { message } = cause as Error;
  const isCut = /end of JSON input|Unterminated/.test(message);
  const end = offset + Buffer.byteLength(text);
  return new CliError(
    isCut ? `${place} is truncated at byte ${end}` : `${place} is broken JSON: ${message}`,
    { hint: 'nothing of this file was sent', cause },
  );
}

/** Files that are clearly something else are named, which is more use than a failed field. */
function refuseOthers(item: unknown, place: string): void {
  const keys = item !== null && typeof item === 'object' ? Object.keys(item) : [];
  const has = (...names: string[]) => names.some((key) => keys.includes(key));
  if (has('resourceSpans', 'resource_spans')) return;
  const found = has('resourceLogs', 'resource_logs')
    ? 'OTLP logs'
    : has('resourceMetrics', 'resource_metrics')
      ? 'OTLP metrics'
      : has('data')
        ? 'a Jaeger export, it seems'
        : has('traceId') && has('id')
          ? 'Zipkin spans, it seems'
          : has('batches', 'trace')
            ? 'a Tempo answer, it seems'
            : `no resourceSpans but ${keys.slice(0, 4).join(', ') || 'nothing'}`;
  throw new CliError(`${place} is not OTLP traces: it holds ${found}`, {
    hint: 'expected an object with resourceSpans; nothing of this file was sent',
  });
}
