/**
 * Command line → Arguments of one command, by Node's own parser plus the tables.
 *
 * All mistakes are collected and thrown as one CliError that names each flag, what was found and
 * what was expected. Never knows: what the command does.
 */
import { parseArgs } from 'node:util';
import { CliError } from './cli-error.ts';
import type { Arguments, Command, Flag } from './command.ts';
import { nearest } from './settings/nearest.ts';
import { envName, flagName } from './settings/resolve.ts';
import { parseSetting, type Setting, type SettingValue } from './settings/setting.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** `serverTable` holds the server's settings where the command takes them, else nothing. */
export function readArguments(
  command: Command,
  argv: readonly string[],
  env: Env,
  serverTable: readonly Setting[] = [],
): Arguments {
  const problems: string[] = [];
  const given = collect(command, argv, serverTable, problems);
  const values: Record<string, SettingValue> = {};
  const lists: Record<string, readonly string[]> = {};
  for (const flag of command.flags) {
    const texts = given.flags.get(flag.key) ?? fromEnvironment(flag, env);
    if (flag.isRepeatable) lists[flag.key] = (texts ?? []).map(String);
    else values[flag.key] = readFlag(flag, texts?.at(-1) ?? flag.default, problems);
    if (texts !== undefined) given.keys.add(flag.key);
  }
  if (given.positionals.length > command.positionalsMax) {
    const extra = given.positionals.slice(command.positionalsMax).join(' ');
    problems.push(`unexpected argument ${extra}; usage: clew ${command.name} ${command.usage}`);
  }
  if (problems.length > 0) throw usageError(command, problems);
  return {
    values,
    lists,
    positionals: given.positionals,
    given: given.keys,
    serverFlags: given.server,
  };
}

interface Given {
  readonly flags: Map<string, unknown[]>;
  readonly server: Map<string, unknown>;
  readonly positionals: string[];
  readonly keys: Set<string>;
}

function collect(
  command: Command,
  argv: readonly string[],
  serverTable: readonly Setting[],
  problems: string[],
): Given {
  const given: Given = { flags: new Map(), server: new Map(), positionals: [], keys: new Set() };
  const table = new Map<string, Setting>();
  for (const setting of [...serverTable, ...command.flags])
    table.set(plainName(setting.key), setting);
  for (const token of tokens(argv, table)) {
    if (token.kind === 'positional') given.positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const isNegated = !table.has(plainName(token.name)) && token.name.startsWith('no-');
    const name = plainName(isNegated ? token.name.slice(3) : token.name);
    const setting = table.get(name);
    if (setting === undefined || (isNegated && setting.type !== 'bool')) {
      problems.push(unknownFlag(token.rawName, [...table.values()]));
    } else if (setting.type !== 'bool' && token.value === undefined) {
      problems.push(`flag ${flagName(setting.key)} needs a value`);
    } else {
      const value = isNegated ? false : (token.value ?? true);
      if ((command.flags as readonly Setting[]).includes(setting)) {
        given.flags.set(setting.key, [...(given.flags.get(setting.key) ?? []), value]);
      } else given.server.set(setting.key, value);
    }
  }
  return given;
}

/** `--data_dir` and `--data-dir` are the same flag. */
function plainName(name: string): string {
  return name.replaceAll('_', '-');
}

/** Every flag in its plain spelling; values and what follows `--` are left alone. */
function plainFlags(argv: readonly string[]): string[] {
  const end = argv.indexOf('--');
  return argv.map((text, at) => {
    if (!text.startsWith('--') || (end >= 0 && at >= end)) return text;
    const [name = '', ...value] = text.split('=');
    return [plainName(name), ...value].join('=');
  });
}

function tokens(argv: readonly string[], table: ReadonlyMap<string, Setting>) {
  const options: Record<string, { type: 'string' | 'boolean' }> = {};
  for (const [name, setting] of table) {
    options[name] = { type: setting.type === 'bool' ? 'boolean' : 'string' };
  }
  const parsed = parseArgs({
    args: plainFlags(argv),
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  return parsed.tokens;
}

function fromEnvironment(flag: Flag, env: Env): unknown[] | undefined {
  const text = env[envName(flag.key)];
  return text === undefined || text === '' ? undefined : [text];
}

function readFlag(flag: Flag, raw: unknown, problems: string[]): SettingValue {
  const parsed = parseSetting(flag, raw);
  if (parsed.ok) return parsed.value;
  // An empty default means "not given"; every type may have one.
  if (raw === '') return '';
  const found = JSON.stringify(raw);
  problems.push(`bad value for ${flagName(flag.key)}: found ${found}, expected ${parsed.expected}`);
  return flag.default;
}

function unknownFlag(rawName: string, table: readonly Setting[]): string {
  const likely = nearest(
    rawName.replace(/^-+/, ''),
    table.map((setting) => flagName(setting.key).slice(2)),
  );
  const next = likely === undefined ? '' : `; the nearest known one is --${likely}`;
  return `unknown flag ${rawName}${next}`;
}

function usageError(command: Command, problems: readonly string[]): CliError {
  return new CliError(problems.join('\n'), {
    hint: `\`clew ${command.name} --help\` lists every flag`,
    exitCode: 2,
  });
}
