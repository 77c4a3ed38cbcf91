/**
 * The watched folder: files of OTLP are taken up as they appear and grow.
 *
 * Lines and frames are read as soon as they are whole; files that have no requests apart (one document, an archive)
 * once they have not changed for a while. A file may be renamed or cut to nothing when it is rotated. What
 * cannot be read is counted by file, logged and passed over. Never knows: what is inside a request.
 */
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { otlpFileForm, otlpOfUnit } from '@clew/translate';
import type { Admit } from '../admit.ts';
import { asCollectorError, CollectorError } from '../errors.ts';
import type { InFlight } from '../in-flight.ts';
import { limits } from '../limits.ts';
import type { Log } from '../log.ts';
import { inflate } from '../receivers/inflate.ts';
import { answers } from '../respond.ts';
import { type FilePosition, openPositions, type Positions } from './positions.ts';
import { readPiece, readUnits } from './read-units.ts';
import { unitsOfWhole } from './whole-file.ts';

export interface WatchOptions {
  readonly folder: string;
  readonly everyMs: number;
  readonly bodyBytesMax: number;
  /** Where the positions are kept. */
  readonly dir: string;
}

export interface WatchParts {
  readonly options: WatchOptions;
  readonly admit: Admit;
  readonly inFlight: InFlight;
  /** Resolves when what was admitted is on the disk. */
  readonly flush: () => Promise<unknown>;
  readonly onRefused: (error: CollectorError, listener: string) => void;
  readonly log: Log;
  readonly nowMs: () => number;
}

export interface FolderWatch {
  stop(): Promise<void>;
}

const LISTENER = 'watch';

/** Looks once before it resolves, so that a folder that cannot be read is an error at start. */
export async function openFolderWatch(parts: WatchParts): Promise<FolderWatch> {
  const { folder, everyMs, dir } = parts.options;
  await readdir(folder).catch((cause: Error) => {
    const hint = 'make it readable, or leave watch.folder empty';
    throw new Error(`watch.folder: cannot read ${folder}: ${cause.message}; ${hint}`, { cause });
  });
  const watch: Watch = { ...parts, positions: await openPositions(dir), isStopping: false };
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> = Promise.resolve();
  const look = () => {
    looking = lookAround(watch)
      .catch((error: unknown) => parts.log('error', 'the watched folder was not read', { error }))
      .then(() => {
        if (!watch.isStopping) timer = setTimeout(look, everyMs);
      });
  };
  look();
  return {
    async stop() {
      watch.isStopping = true;
      clearTimeout(timer);
      await looking;
    },
  };
}

interface Watch extends WatchParts {
  readonly positions: Positions;
  isStopping: boolean;
}

/** A pass over the folder. Ends early when the spool is full: the next pass goes on. */
async function lookAround(watch: Watch): Promise<void> {
  const { options, positions } = watch;
  const names = (await readdir(options.folder, { withFileTypes: true }))
    .filter((entry) => entry.isFile() && !/^\.|\.(tmp|part)$/.test(entry.name))
    .map(({ name }) => name)
    .sort();
  const seen = new Set<string>();
  let isChanged = false;
  for (const name of names.slice(0, limits.watchedFilesMax)) {
    if (watch.isStopping) break;
    const path = join(options.folder, name);
    const facts = await stat(path).catch(() => undefined);
    if (facts === undefined) continue;
    const key = `${facts.dev}:${facts.ino}`;
    seen.add(key);
    const file = positionOf(positions, key, name);
    if (facts.size < file.position) {
      watch.log('info', 'a watched file was cut, it is read from its beginning', { file: name });
      Object.assign(file, { position: 0, isDone: false });
    }
    if (file.isDone || facts.size === file.position) continue;
    const before = file.position;
    const isSettled = watch.nowMs() - facts.mtimeMs > limits.watchSettledMs;
    const isOver = await readFile(watch, path, file, isSettled);
    isChanged ||= file.position !== before || file.isDone;
    if (isOver) break;
  }
  for (const key of positions.files.keys()) {
    if (!seen.has(key) && names.length <= limits.watchedFilesMax) {
      positions.files.delete(key);
      isChanged = true;
    }
  }
  if (!isChanged) return;
  // First the spans, then how far they were read.
  await watch.flush();
  await positions.save();
}

function positionOf({ files }: Positions, key: string, name: string): FilePosition {
  const found = files.get(key) ?? { name, position: 0, requests: 0, errors: 0, isDone: false };
  found.name = name;
  files.set(key, found);
  return found;
}

/** Resolves with whether nothing more can be taken now. */
async function readFile(
  watch: Watch,
  path: string,
  file: FilePosition,
  isSettled: boolean,
): Promise<boolean> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    noteError(watch, file, asCollectorError(error));
    return undefined;
  });
  if (handle === undefined) return false;
  try {
    const form = otlpFileForm(await readPiece(handle, 0, 64));
    if (form === undefined) return false;
    if (form === 'whole') return isSettled ? await takeWhole(watch, handle, file) : false;
    const isOver = await takeUnits(watch, handle, file, form);
    if (!isOver && isSettled && form === 'lines') return await takeRest(watch, handle, file);
    return isOver;
  } finally {
    await handle.close();
  }
}

async function takeUnits(
  watch: Watch,
  handle: FileHandle,
  file: FilePosition,
  form: 'lines' | 'frames',
): Promise<boolean> {
  const { bodyBytesMax } = watch.options;
  try {
    for await (const { bytes, next } of readUnits(handle, file.position, form, bodyBytesMax)) {
      // A document over many lines begins with a line that is none: it is read once it is settled.
      if (file.position === 0 && form === 'lines' && !isWholeJson(bytes)) return false;
      if (!(await takeUnit(watch, bytes, file))) return true;
      file.position = next;
      if (watch.isStopping) return true;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    file.isDone = true;
    const facts = { wanted: 'an OTLP file', reason: `found ${error.message}` };
    noteError(watch, file, new CollectorError('MALFORMED_BODY', facts, error));
  }
  return false;
}

function isWholeJson(line: Uint8Array): boolean {
  try {
    JSON.parse(
      Buffer.from(line)
        .toString('utf8')
        .replace(/^\ufeff/, '') || '{}',
    );
    return true;
  } catch {
    return false;
  }
}

/** The last line of a file that nobody writes any more needs no line feed; nor does a document over many lines. */
async function takeRest(watch: Watch, handle: FileHandle, file: FilePosition): Promise<boolean> {
  const { size } = await handle.stat();
  const rest = size - file.position;
  if (rest === 0 || rest > watch.options.bodyBytesMax) return false;
  const bytes = await readPiece(handle, file.position, rest);
  if (!isWholeJson(bytes)) {
    if (file.position > 0) return false;
    // Not JSON from its very beginning: said once.
    file.isDone = true;
  }
  if (!(await takeUnit(watch, bytes, file))) return true;
  file.position = size;
  return false;
}

async function takeWhole(watch: Watch, handle: FileHandle, file: FilePosition): Promise<boolean> {
  const { bodyBytesMax } = watch.options;
  const { size } = await handle.stat();
  try {
    if (size > bodyBytesMax)
      throw new CollectorError('BODY_TOO_LARGE', { limit: bodyBytesMax, when: 'as a file' });
    const bytes = await readPiece(handle, 0, size);
    for (const unit of await unitsOfWhole(bytes, bodyBytesMax)) {
      if (!(await takeUnit(watch, unit, file))) return true;
    }
  } catch (error) {
    noteError(watch, file, asCollectorError(error));
  }
  file.position = size;
  file.isDone = true;
  return false;
}

/** Whether the request is done with: stored, or refused for good. */
async function takeUnit(watch: Watch, bytes: Uint8Array, file: FilePosition): Promise<boolean> {
  const { admit, inFlight, options } = watch;
  const lease = inFlight.lease();
  try {
    const body = isZstd(bytes) ? await inflate(bytes, 'zstd', options.bodyBytesMax) : bytes;
    const otlp = otlpOf(body);
    if (otlp.length === 0) return true;
    lease.grow(otlp.length);
    await admit(otlp, LISTENER);
    file.requests += 1;
    return true;
  } catch (thrown) {
    const error = asCollectorError(thrown);
    if (answers[error.code].mayRetry) return false;
    noteError(watch, file, error);
    return true;
  } finally {
    lease.release();
  }
}

function otlpOf(body: Uint8Array): Uint8Array {
  try {
    return otlpOfUnit(body);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CollectorError('MALFORMED_BODY', { wanted: 'an OTLP request', reason }, error);
  }
}

function isZstd(bytes: Uint8Array): boolean {
  return bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd;
}

/** The first errors of a file are said each, then one in a thousand. */
function noteError({ onRefused, log }: Watch, file: FilePosition, error: CollectorError): void {
  onRefused(error, LISTENER);
  file.errors += 1;
  if (file.errors > 5 && file.errors % 1000 !== 0) return;
  const { name, position, errors } = file;
  log('warn', 'a watched file holds what cannot be read', {
    file: name,
    position,
    errors,
    reason: error.message,
  });
}
