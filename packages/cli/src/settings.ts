/**
 * All settings of the server: the tables of every package, one behind the other.
 *
 * `--help`, the JSON schema, `clew settings` and the reference page are made from this list.
 */
import { apiSettings } from '@clew/api';
import { collectorSettings } from '@clew/collector';
import { querySettings } from '@clew/query';
import { storeSettings } from '@clew/store';
import type { Setting } from './settings/setting.ts';

/** What belongs to the program as a whole. */
export const programSettings: readonly Setting[] = [
  {
    key: 'data_dir',
    type: 'string',
    default: 'data',
    says: 'the folder of the spool and of the embedded engine; one server at a time',
  },
  {
    key: 'log.level',
    type: 'choice',
    choices: ['debug', 'info', 'warn', 'error', 'off'],
    default: 'info',
    says: 'what is logged to standard error',
  },
  {
    key: 'log.format',
    type: 'choice',
    choices: ['auto', 'text', 'json'],
    default: 'auto',
    says: 'auto: text on a terminal, JSON lines elsewhere',
  },
];

/** Listeners first: they are what is looked for most. */
export const settingsTable: readonly Setting[] = [
  ...programSettings,
  ...apiSettings,
  ...collectorSettings,
  ...querySettings,
  ...storeSettings,
].sort((a, b) => rank(a.key) - rank(b.key));

function rank(key: string): number {
  if (key === 'data_dir') return 0;
  return key.startsWith('listen.') ? 1 : 2;
}
