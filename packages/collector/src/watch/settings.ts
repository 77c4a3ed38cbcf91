/**
 * What an operator may set about the watched folder.
 */
import { join } from 'node:path';
import type { Setting } from '../settings.ts';
import type { WatchOptions } from './watch.ts';

const SECOND = 1000;

export const watchSettings: readonly Setting[] = [
  {
    key: 'watch.folder',
    type: 'string',
    default: '',
    says: 'a folder from which files of OTLP are taken up as they appear and grow (JSON lines or length-delimited protobuf of the file exporter, single documents; gzip, zstd); empty means none',
  },
  {
    key: 'watch.every',
    type: 'duration',
    default: 1 * SECOND,
    min: 50,
    max: 3_600 * SECOND,
    says: 'time between two looks at the watched folder',
  },
];

export function watchOptions(
  read: (key: string) => unknown,
  spoolDir: string,
  bodyBytesMax: number,
): WatchOptions {
  return {
    folder: String(read('watch.folder')),
    everyMs: Number(read('watch.every')),
    bodyBytesMax,
    dir: join(spoolDir, 'watch'),
  };
}
