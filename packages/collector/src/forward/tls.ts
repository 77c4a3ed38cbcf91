/**
 * Reads the PEM files of a destination once, at start, and says plainly which one is missing.
 */
import { readFile } from 'node:fs/promises';
import type { TlsFiles } from './destinations.ts';

export interface TlsMaterial {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly rejectUnauthorized: boolean;
}

/** @throws Error that names the file and whose it is. */
export async function readTls(
  { ca, cert, key, isInsecure }: TlsFiles,
  owner: string,
): Promise<TlsMaterial> {
  if ((cert === '') !== (key === '')) {
    throw new Error(`${owner}: found only one of tls.cert and tls.key, wanted both or none`);
  }
  const read = async (name: string, path: string) => {
    if (path === '') return {};
    try {
      return { [name]: await readFile(path) };
    } catch (cause) {
      const { message } = cause as Error;
      throw new Error(`${owner}: tls.${name} cannot be read: ${message}`, { cause });
    }
  };
  return {
    ...(await read('ca', ca)),
    ...(await read('cert', cert)),
    ...(await read('key', key)),
    rejectUnauthorized: !isInsecure,
  };
}
