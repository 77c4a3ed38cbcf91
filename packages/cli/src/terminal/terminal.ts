/**
 * The terminal as the commands see it: two outputs, an input, and what they can show.
 *
 * Handed to every command, so that tests need no mock: they make one that collects text.
 */
import type { Readable } from 'node:stream';
import { createStyle, type Style } from './style.ts';

export interface Terminal {
  /** Results: what a pipe should get. */
  readonly out: (text: string) => void;
  /** The same for what is no text. */
  readonly outBytes?: (bytes: Uint8Array) => void;
  /** Progress and errors: what only a person should get. */
  readonly err: (text: string) => void;
  readonly stdin: Readable;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Columns of the output; 100 where unknown, so that pipes and files read well. */
  readonly width: number;
  readonly isTty: boolean;
  readonly isErrTty: boolean;
  readonly style: Style;
  readonly errStyle: Style;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** The real one. Colours follow https://no-color.org and https://force-color.org. */
export function processTerminal(): Terminal {
  const { stdout, stderr, stdin, env } = process;
  // A reader that went away (`clew search | head`) is no error.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
  });
  return {
    out: (text) => void stdout.write(text),
    outBytes: (bytes) => void stdout.write(bytes),
    err: (text) => void stderr.write(text),
    stdin,
    env,
    width: widthOf(stdout.columns, env['COLUMNS']),
    isTty: stdout.isTTY === true,
    isErrTty: stderr.isTTY === true,
    style: createStyle(hasColour(stdout.isTTY === true, env), stdout.isTTY === true),
    errStyle: createStyle(hasColour(stderr.isTTY === true, env), stderr.isTTY === true),
    now: () => Date.now(),
  };
}

function widthOf(found: number | undefined, variable: string | undefined): number {
  const width = found ?? Number(variable);
  return Number.isInteger(width) && width > 0 ? Math.max(40, width) : 100;
}

function hasColour(isTty: boolean, env: NodeJS.ProcessEnv): boolean {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR']) return env['FORCE_COLOR'] !== '0';
  return isTty && env['TERM'] !== 'dumb';
}
