/**
 * The entry: finds the command, reads its arguments, runs it, turns errors into words.
 *
 * Never knows: what any command does.
 */
import { readArguments } from './arguments.ts';
import { CliError } from './cli-error.ts';
import { type CommandRow, commands } from './commands/table.ts';
import { commandHelp, programHelp } from './help.ts';
import { nearest } from './settings/nearest.ts';
import { processTerminal, type Terminal } from './terminal/terminal.ts';
import { version } from './version.ts';

/** Runs one command line and leaves its exit code in `process.exitCode`. */
export async function main(argv: readonly string[]): Promise<void> {
  process.exitCode = await run(argv, processTerminal());
}

/** Answers the exit code; never throws and never exits. */
export async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await dispatch(argv, terminal);
  } catch (error) {
    return report(error, terminal);
  }
}

async function dispatch(argv: readonly string[], terminal: Terminal): Promise<number> {
  const [first, ...rest] = argv;
  if (first === '--version' || first === '-v' || first === 'version') {
    terminal.out(`${version}\n`);
    return 0;
  }
  if (first === 'help' && rest[0] !== undefined) return help(find(rest[0]), terminal);
  if (first === 'help' || first === '--help' || first === '-h') {
    terminal.out(programHelp(commands));
    return 0;
  }
  const isNamed = first !== undefined && !first.startsWith('-');
  const row = find(isNamed ? first : 'serve');
  const given = isNamed ? rest : argv;
  if (asksForHelp(given)) return help(row, terminal);
  const { command } = await row.load();
  const serverTable = (await command.serverSettings?.()) ?? [];
  return command.run(readArguments(command, given, terminal.env, serverTable), terminal);
}

function asksForHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return (end < 0 ? argv : argv.slice(0, end)).some((text) => text === '--help' || text === '-h');
}

async function help(row: CommandRow, terminal: Terminal): Promise<number> {
  const { command } = await row.load();
  const serverTable = (await command.serverSettings?.()) ?? [];
  terminal.out(commandHelp(command, serverTable, terminal.width));
  return 0;
}

function find(name: string): CommandRow {
  const row = commands.find((one) => one.name === name);
  if (row !== undefined) return row;
  const names = commands.map((one) => one.name);
  const likely = nearest(name, names);
  throw new CliError(`unknown command ${name}; expected one of ${names.join(', ')}`, {
    hint:
      likely === undefined ? '`clew --help` describes them' : `did you mean \`clew ${likely}\`?`,
    exitCode: 2,
  });
}

function report(error: unknown, { err, errStyle }: Terminal): number {
  if (error instanceof CliError) {
    const [head, ...rest] = error.message.split('\n');
    err(`${errStyle.red('✕')} ${errStyle.bold(head as string)}\n`);
    for (const line of rest) {
      // Indented lines are drawn: text and the caret below it have to stand as they are.
      err(line.startsWith('  ') ? `${line}\n` : `${errStyle.red('✕')} ${errStyle.bold(line)}\n`);
    }
    if (error.hint !== undefined) err(`  ${error.hint.replaceAll('\n', '\n  ')}\n`);
    return error.exitCode;
  }
  err(`${errStyle.red('✕')} clew failed in a way it should not; please report this\n`);
  err(`${error instanceof Error ? error.stack : String(error)}\n`);
  return 1;
}
