/**
 * Help text, made from the tables: what is not in a table is not in the help, and the reverse.
 *
 * Never prints; answers text for a width.
 */
import type { Command, Flag } from './command.ts';
import { envName, flagName } from './settings/resolve.ts';
import type { Setting } from './settings/setting.ts';
import { printBytes, printDuration } from './settings/units.ts';
import { wrap } from './terminal/text.ts';

const VALUE_NAME: Readonly<Record<Setting['type'], string>> = {
  string: 'TEXT',
  int: 'N',
  number: 'N',
  bytes: 'SIZE',
  duration: 'DURATION',
  bool: '',
  choice: '',
  listen: 'HOST:PORT|off',
  list: 'JSON',
  map: 'NAME=TEXT,…',
};

/** The page of one command; `serverTable` is printed as its own section when not empty. */
export function commandHelp(
  command: Command,
  serverTable: readonly Setting[],
  width: number,
): string {
  const sections = [
    `clew ${command.name}: ${command.says}`,
    `usage\n  clew ${command.name} ${command.usage}`.trimEnd(),
  ];
  if (command.flags.length > 0) {
    sections.push(`flags\n${command.flags.map((flag) => entry(flag, width)).join('\n')}`);
  }
  if (serverTable.length > 0) {
    const title = 'settings (each is a flag, an environment variable and a key of clew.yaml)';
    sections.push(`${title}\n${serverTable.map((one) => entry(one, width, true)).join('\n')}`);
  }
  if (command.examples.length > 0) {
    const lines = command.examples.map(([text, says]) => `  ${text}\n      ${says}`);
    sections.push(`examples\n${lines.join('\n')}`);
  }
  return `${sections.join('\n\n')}\n`;
}

/** The page of the program. */
export function programHelp(
  commands: readonly { readonly name: string; readonly says: string }[],
): string {
  const nameWidth = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, says }) => `  ${name.padEnd(nameWidth)}  ${says}`);
  return [
    'clew: a complete distributed tracing system',
    'usage\n  clew [COMMAND] [--flag value …]     without a command: serve',
    `commands\n${lines.join('\n')}`,
    '`clew COMMAND --help` describes one command; `clew --version` prints the version.\n',
  ].join('\n\n');
}

function entry(setting: Flag | Setting, width: number, isServer = false): string {
  const valueName =
    ('valueName' in setting ? setting.valueName : undefined) ??
    (setting.type === 'choice' ? (setting.choices ?? []).join('|') : VALUE_NAME[setting.type]);
  const head = `  ${flagName(setting.key)} ${valueName}`.trimEnd();
  const facts = [defaultText(setting), isServer ? envName(setting.key) : '']
    .filter((text) => text !== '')
    .join(' · ');
  const lines = [head, wrap(setting.says, Math.max(30, width - 6), 6)];
  if (facts !== '') lines.push(`      ${facts}`);
  return lines.join('\n');
}

function defaultText(setting: Setting): string {
  const { type, default: value } = setting;
  if (value === '' || value === false) return '';
  if (type === 'bytes' && typeof value === 'number') return `default ${printBytes(value)}`;
  if (type === 'duration' && typeof value === 'number') return `default ${printDuration(value)}`;
  return `default ${value}`;
}
