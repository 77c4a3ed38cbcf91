/**
 * Flags, environment and `clew.yaml` → the resolved settings of a server, or one error with all
 * that is wrong.
 */
import { CliError } from './cli-error.ts';
import type { Arguments, Flag } from './command.ts';
import { readConfigFile } from './settings/config-file.ts';
import { type Resolved, resolveSettings } from './settings/resolve.ts';

export const configFlag: Flag = {
  key: 'config',
  type: 'string',
  default: '',
  valueName: 'FILE',
  says: 'the configuration file (./clew.yaml when there is one)',
};

export type ServerSettings = Resolved;

/** Throws CliError (exit code 2) that names every unknown key and bad value. */
export async function serverSettings(
  { values, serverFlags }: Arguments,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ServerSettings> {
  const { settingsTable } = await import('./settings.ts');
  const config = String(values['config'] ?? '');
  const file = readConfigFile(config === '' ? undefined : config);
  const resolved = resolveSettings(settingsTable, { flags: serverFlags, env, file });
  if (resolved.problems.length > 0) {
    throw new CliError(resolved.problems.join('\n'), {
      hint: '`clew serve --help` lists every setting with what it takes',
      exitCode: 2,
    });
  }
  return resolved;
}
