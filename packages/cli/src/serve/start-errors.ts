/**
 * What can keep a server from starting, in words: a taken port, a taken data directory, a disk
 * that cannot be written. Everything else passes through unchanged.
 */
import { CliError } from '../cli-error.ts';
import type { SettingValue } from '../settings/setting.ts';
import { type ListenSetting, portError, portProblems } from './ports.ts';

type Values = Readonly<Record<string, SettingValue>>;

function listensOf(values: Values): ListenSetting[] {
  return Object.entries(values)
    .filter(([key]) => key.startsWith('listen.'))
    .map(([key, address]) => ({ key, address: String(address) }));
}

/** Throws CliError that names every listener whose port cannot be had. */
export async function assertPortsFree(values: Values): Promise<void> {
  const problems = await portProblems(listensOf(values));
  if (problems.length > 0) throw portError(problems);
}

/** `address`, `port` and `code` are what Node puts on errors of `listen`. */
type Thrown = NodeJS.ErrnoException & { readonly port?: number };

export function startError(error: unknown, values: Values): unknown {
  if (!(error instanceof Error) || error instanceof CliError) return error;
  const { code, port, path, name, message } = error as Thrown;
  if (name === 'DataDirectoryTaken') {
    return new CliError(message, {
      hint: 'use the running server, or give this one another folder: --data-dir DIR',
      cause: error,
    });
  }
  const listen = listensOf(values).find(({ address }) => address.endsWith(`:${port}`));
  if (listen !== undefined && code !== undefined) return portError([{ ...listen, code }]);
  if (code === 'EACCES' || code === 'EROFS' || code === 'ENOSPC' || code === 'ENOTDIR') {
    return new CliError(`the data directory ${values['data_dir']} cannot be written: ${message}`, {
      hint: `make ${path ?? 'it'} writable for this user, or choose another folder: --data-dir DIR`,
      cause: error,
    });
  }
  return error;
}
