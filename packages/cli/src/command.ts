/**
 * What a command is: a name, the flags it takes, and a function that runs with them.
 *
 * Help and argument errors are made from this shape alone; a command never parses text.
 */
import type { Setting, SettingValue } from './settings/setting.ts';
import type { Terminal } from './terminal/terminal.ts';

/** A flag is a setting that belongs to one command only. */
export interface Flag extends Setting {
  /** May be given more than once; all values are then in `Arguments.lists`. */
  readonly isRepeatable?: boolean;
  /** What stands for the value in help: `--to URL`. */
  readonly valueName?: string;
}

export interface Arguments {
  readonly values: Readonly<Record<string, SettingValue>>;
  readonly lists: Readonly<Record<string, readonly string[]>>;
  readonly positionals: readonly string[];
  /** The keys that were given, by flag or by environment. */
  readonly given: ReadonlySet<string>;
  /** Flags that belong to the server's settings, unread. */
  readonly serverFlags: ReadonlyMap<string, unknown>;
}

export interface Command {
  readonly name: string;
  readonly says: string;
  /** After the name: `FILE… [--to URL]`. */
  readonly usage: string;
  /** How many positionals may stand there. */
  readonly positionalsMax: number;
  readonly flags: readonly Flag[];
  /** The settings table of the server, for commands that start it; loaded only when needed. */
  readonly serverSettings?: () => Promise<readonly Setting[]>;
  readonly examples: readonly (readonly [command: string, says: string])[];
  /** Answers the exit code. */
  readonly run: (args: Arguments, terminal: Terminal) => Promise<number>;
}

/** Shared by every command that prints data. */
export const jsonFlag: Flag = {
  key: 'json',
  type: 'bool',
  default: false,
  says: 'print JSON for programs instead of text for people',
};

/** Shared by every command that asks a running server. */
export const serverFlag: Flag = {
  key: 'server',
  type: 'string',
  default: 'http://127.0.0.1:16686',
  valueName: 'URL',
  says: 'the UI and API address of the server to ask',
};
