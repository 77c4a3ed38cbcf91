/**
 * A file (or standard input) as plain bytes: read whole, unpacked when it is gzip or zstd.
 *
 * Never knows: what the bytes mean.
 */
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { CliError } from '../cli-error.ts';
import { printSize } from '../terminal/numbers.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** A file is held in memory; beyond this it should be split first. */
export const FILE_BYTES_MAX = 1024 * 1024 * 1024;

/** `-` is standard input. Throws CliError when it cannot be read or unpacked. */
export async function readFileBytes(path: string, terminal: Terminal): Promise<Uint8Array> {
  const raw = path === '-' ? await readStream(terminal) : await readPath(path);
  const bytes = isGzip(raw) ? await unpack(raw, path) : raw;
  return isZstd(bytes) ? unpackZstd(bytes, path) : bytes;
}

async function readPath(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why =
      { ENOENT: 'there is no such file', EISDIR: 'it is a folder', EACCES: 'no permission' }[
        code ?? ''
      ] ?? message;
    throw new CliError(`cannot read ${path}: ${why}`, { cause });
  }
}

async function readStream({ stdin }: Terminal): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdin) {
    chunks.push(Buffer.from(chunk as Uint8Array));
    bytes += (chunk as Uint8Array).length;
    if (bytes > FILE_BYTES_MAX) throw tooLarge('standard input');
  }
  return Buffer.concat(chunks);
}

async function unpack(raw: Uint8Array, path: string): Promise<Uint8Array> {
  try {
    return await promisify(gunzip)(raw, { maxOutputLength: FILE_BYTES_MAX });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(path);
    const what = code === 'Z_BUF_ERROR' ? 'it ends too early' : message;
    throw new CliError(`${path} begins like gzip but cannot be unpacked: ${what}`, { cause });
  }
}

/** The collector has it already; it is loaded only for files that need it. */
export async function unpackZstd(bytes: Uint8Array, name: string): Promise<Uint8Array> {
  const { inflateZstd } = await import('@clew/collector');
  try {
    return await inflateZstd(bytes, FILE_BYTES_MAX, FILE_BYTES_MAX);
  } catch (cause) {
    throw new CliError(
      `${name} begins like zstd but cannot be unpacked: ${(cause as Error).message}`,
      {
        cause,
      },
    );
  }
}

function tooLarge(path: string): CliError {
  return new CliError(`${path} holds more than ${printSize(FILE_BYTES_MAX)}`, {
    hint: 'split it first: JSON lines with `split -l`, or send it as several files',
  });
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

export function isZstd(bytes: Uint8Array): boolean {
  return bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd;
}
