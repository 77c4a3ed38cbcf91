/**
 * What a call of the engine can fail with. Faces turn these into answers; the original is `cause`.
 * Codes are ClickHouse's own: https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp
 */

/** The engine cannot take the call now (down, restarting, overloaded): try again after a moment. */
export class EngineUnavailable extends Error {
  override readonly name = 'EngineUnavailable';
  readonly retryAfterMs: number;

  constructor(message: string, options: { retryAfterMs?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.retryAfterMs = options.retryAfterMs ?? 1000;
  }
}

/** The engine refused the statement: its text, a type, a limit on rows, bytes or memory. */
export class StatementRefused extends Error {
  override readonly name: string = 'StatementRefused';
  readonly code: number;

  constructor(code: number, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }

  /** True when a limit stopped it (rows, bytes or memory), so that a narrower question may pass. */
  get overLimit(): boolean {
    return [158, 241, 307, 396].includes(this.code);
  }
}

/** The statement ran longer than its secondsMax. */
export class StatementTimedOut extends Error {
  override readonly name = 'StatementTimedOut';
}

/** The caller's signal was aborted. The native work may go on until its secondsMax. */
export class StatementAborted extends Error {
  override readonly name = 'StatementAborted';
}

/**
 * The engine read the segment and refused its bytes: no row of it was stored and repeating it would
 * not help. The collector bisects.
 */
export class LoadRefused extends StatementRefused {
  override readonly name = 'LoadRefused';
}

/** The data directory belongs to another instance, or cannot be used. */
export class DataDirectoryTaken extends Error {
  override readonly name = 'DataDirectoryTaken';
}
