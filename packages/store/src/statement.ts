/**
 * The shapes in which the floors above speak to the engine. A value from outside is always a
 * parameter: `text` holds `{p1:Type}` placeholders and `params` their values.
 */

export type Statement = {
  readonly text: string;
  readonly params: Readonly<Record<string, unknown>>;
};

/** Limits of one call. They are always sent: the engine has no interrupt, only its own limits. */
export type RunOptions = {
  readonly signal?: AbortSignal;
  readonly secondsMax: number;
  /** More rows than this refuse the statement (code 396); put a `limit` where cutting is meant. */
  readonly rowsMax: number;
  readonly memoryBytesMax?: number;
  readonly threadsMax?: number;
};

/** Limits of a statement whose text comes from a user; all of them, since nobody else has judged its cost. */
export type ReadOptions = Required<Omit<RunOptions, 'signal'>> & {
  readonly signal?: AbortSignal;
  /** Rows that may be read from tables. */
  readonly rowsReadMax: number;
  /** Size of the answer, uncompressed. */
  readonly resultBytesMax: number;
};

/** Formats in which a user's statement is answered; names are the engine's. */
export type ReadFormat =
  | 'JSONCompact'
  | 'CSVWithNames'
  | 'Arrow'
  | 'ArrowStream'
  | 'Parquet'
  | 'TSVRaw';

type Cost = {
  /** Rows and bytes the engine read from tables to answer. */
  readonly readRows: number;
  readonly readBytes: number;
  /** Wall time of the call as the caller saw it. */
  readonly elapsedMs: number;
};

/** Rows as objects; 64-bit integers are strings, because JavaScript numbers would round them. */
export type Answer<T> = Cost & { readonly rows: T[] };

/** One array per column, all equally long: the cheaper form for long results. */
export type ColumnsAnswer = Cost & {
  readonly columns: Record<string, unknown[]>;
  readonly rowCount: number;
};

export type Log = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  fields?: Record<string, unknown>,
) => void;
