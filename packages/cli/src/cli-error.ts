/**
 * An error meant for the person at the terminal: what was found, and as `hint` what to do.
 *
 * Everything else that is thrown is a fault of the program and keeps its stack.
 */

/** 1 = it did not work, 2 = it was asked wrongly (the convention of most command lines). */
export type ExitCode = 1 | 2;

export class CliError extends Error {
  readonly hint: string | undefined;
  readonly exitCode: ExitCode;

  constructor(
    message: string,
    options: { hint?: string; exitCode?: ExitCode; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'CliError';
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? 1;
  }
}
