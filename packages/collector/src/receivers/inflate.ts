/**
 * Inflates a request body: gzip, deflate, zstd, identity; never beyond the limit, and never beyond
 * a ratio that only bombs reach.
 *
 * The compressed body is complete and itself under the limit, so the ceiling is known before the first
 * byte is inflated, and memory stays under compressed + ceiling.
 */
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { CollectorError } from '../errors.ts';
import { createGate } from '../in-flight.ts';
import { limits } from '../limits.ts';
import { inflateZstd } from './zstd.ts';

export type Encoding = 'identity' | 'gzip' | 'deflate' | 'zstd';

const gunzip = promisify(zlib.gunzip) as Inflate;
const inflateZlib = promisify(zlib.inflate) as Inflate;
const inflateRaw = promisify(zlib.inflateRaw) as Inflate;

type Inflate = (body: Uint8Array, options: zlib.ZlibOptions) => Promise<Buffer>;

/** One for the process: a hundred bombs at once come to no more than two. */
const gate = createGate(limits.inflatingBytesMax);

/** The encoding a Content-Encoding header names, or undefined when it is none of ours. */
export function readEncoding(header: string | undefined): Encoding | undefined {
  const name = header?.trim().toLowerCase() ?? '';
  if (name === '' || name === 'identity') return 'identity';
  if (name === 'gzip' || name === 'x-gzip') return 'gzip';
  return name === 'deflate' || name === 'zstd' ? name : undefined;
}

/**
 * Rejects with BODY_TOO_LARGE or BODY_INFLATES_TOO_FAR when a ceiling is passed, with
 * BAD_COMPRESSION when the bytes are not what the header promised.
 */
export async function inflate(
  body: Uint8Array,
  encoding: Encoding,
  bytesMax: number,
): Promise<Uint8Array> {
  if (encoding === 'identity') return body;
  const ceiling = Math.min(
    bytesMax,
    Math.max(limits.inflateRatioFloorBytes, body.length * limits.inflateRatioMax),
  );
  try {
    return await gate.pass(ceiling, async () => {
      if (encoding === 'zstd') return inflateZstd(body, ceiling, bytesMax);
      const run = encoding === 'gzip' ? gunzip : isZlib(body) ? inflateZlib : inflateRaw;
      return run(body, { maxOutputLength: ceiling, chunkSize: chunkSize(body, encoding) });
    });
  } catch (error) {
    throw asRefusal(error, encoding, ceiling, bytesMax);
  }
}

/** "deflate" means zlib's wrapping (RFC 9110 §8.4.1.2), but some senders leave the wrapping out. */
function isZlib(body: Uint8Array): boolean {
  const [first = 0, second = 0] = body;
  return (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0;
}

/**
 * A gzip body ends with its inflated length, so that one output chunk usually holds everything and
 * nothing has to be joined. It is a hint from outside: it is only believed up to 1 MiB.
 */
function chunkSize(body: Uint8Array, encoding: Encoding): number {
  const guess =
    encoding === 'gzip' && body.length >= 18
      ? new DataView(body.buffer, body.byteOffset).getUint32(body.length - 4, true) + 1
      : body.length * 4;
  return Math.max(16 * 1024, Math.min(guess, 1024 * 1024));
}

function asRefusal(
  error: unknown,
  encoding: Encoding,
  ceiling: number,
  bytesMax: number,
): CollectorError {
  if (error instanceof CollectorError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ERR_BUFFER_TOO_LARGE') return tooMuch(ceiling, bytesMax);
  return new CollectorError('BAD_COMPRESSION', { found: encoding, reason: message }, error);
}

/** Which of the two ceilings was passed. */
export function tooMuch(ceiling: number, bytesMax: number): CollectorError {
  return ceiling === bytesMax
    ? new CollectorError('BODY_TOO_LARGE', { limit: bytesMax, when: 'after decompression' })
    : new CollectorError('BODY_INFLATES_TOO_FAR', { ratio: limits.inflateRatioMax });
}
