/**
 * What an operator can set about questions, and the limits derived from it.
 *
 * Never knows: where settings come from (file, flag, environment).
 */

/** One row of the settings table; the same shape in every package. */
export type Setting = {
  readonly key: string;
  readonly type: 'string' | 'int' | 'bytes' | 'duration' | 'bool' | 'choice' | 'listen';
  readonly choices?: readonly string[];
  readonly default: string | number | boolean;
  readonly min?: number;
  readonly max?: number;
  readonly says: string;
};

const MiB = 1024 * 1024;

export const querySettings: readonly Setting[] = [
  {
    key: 'query.seconds_max',
    type: 'int',
    default: 30,
    min: 1,
    max: 600,
    says: 'a question that takes longer is stopped; a search then returns what it has and a cursor',
  },
  {
    key: 'query.rows_max',
    type: 'int',
    default: 1_000_000,
    min: 1_000,
    max: 10_000_000,
    says: 'most rows one statement may return',
  },
  {
    key: 'query.memory_bytes_max',
    type: 'bytes',
    default: 512 * MiB,
    min: 64 * MiB,
    says: 'memory one statement may take in the engine',
  },
  {
    key: 'query.threads_max',
    type: 'int',
    default: 2,
    min: 1,
    max: 64,
    says: 'threads one statement may use in the engine',
  },
  {
    key: 'query.limit_max',
    type: 'int',
    default: 1_000,
    min: 1,
    max: 10_000,
    says: 'most traces or spans on one page of a search',
  },
  {
    key: 'query.trace_spans_max',
    type: 'int',
    default: 500_000,
    min: 1_000,
    max: 10_000_000,
    says: 'spans of one trace that are read; a longer trace, and a search that looked at one, is cut and says so. Less than query.rows_max',
  },
  {
    key: 'sql.seconds_max',
    type: 'int',
    default: 30,
    min: 1,
    max: 600,
    says: "a user's SQL that takes longer is stopped in the engine",
  },
  {
    key: 'sql.rows_max',
    type: 'int',
    default: 10_000,
    min: 1,
    max: 1_000_000,
    says: "most rows that a user's SQL answers: JSON is cut there and says so, a file is refused",
  },
  {
    key: 'sql.rows_read_max',
    type: 'int',
    default: 1_000_000_000,
    min: 1_000,
    says: "rows that a user's SQL may read from tables",
  },
  {
    key: 'sql.memory_bytes_max',
    type: 'bytes',
    default: 512 * MiB,
    min: 64 * MiB,
    says: "memory that a user's SQL may take in the engine",
  },
  {
    key: 'sql.result_bytes_max',
    type: 'bytes',
    default: 64 * MiB,
    min: MiB,
    says: "size of the answer to a user's SQL",
  },
  {
    key: 'sql.running_max',
    type: 'int',
    default: 2,
    min: 1,
    max: 64,
    says: "statements of users' SQL that run at the same time; fewer than engine.sessions, so that the screen stays quick",
  },
];

/** The settings as code uses them. What is left out has the default of the table. */
export type QuerySettings = {
  readonly tenant: string;
  readonly secondsMax: number;
  readonly rowsMax: number;
  readonly memoryBytesMax: number;
  readonly threadsMax: number;
  readonly limitMax: number;
  readonly traceSpansMax: number;
  readonly sql: SqlSettings;
};

/** Limits of SQL that users write. */
export type SqlSettings = {
  readonly secondsMax: number;
  readonly rowsMax: number;
  readonly rowsReadMax: number;
  readonly memoryBytesMax: number;
  readonly resultBytesMax: number;
  readonly runningMax: number;
};

/** @throws Error when the limits contradict each other; it names the settings */
export function querySettingsOf(given: Partial<QuerySettings> = {}): QuerySettings {
  const number = (key: string) => querySettings.find((row) => row.key === key)!.default as number;
  const settings = {
    tenant: '',
    secondsMax: number('query.seconds_max'),
    rowsMax: number('query.rows_max'),
    memoryBytesMax: number('query.memory_bytes_max'),
    threadsMax: number('query.threads_max'),
    limitMax: number('query.limit_max'),
    traceSpansMax: number('query.trace_spans_max'),
    sql: {
      secondsMax: number('sql.seconds_max'),
      rowsMax: number('sql.rows_max'),
      rowsReadMax: number('sql.rows_read_max'),
      memoryBytesMax: number('sql.memory_bytes_max'),
      resultBytesMax: number('sql.result_bytes_max'),
      runningMax: number('sql.running_max'),
    },
    ...given,
  };
  // One row more than is shown is read, to know whether there are more.
  mustBeLess('query.trace_spans_max', settings.traceSpansMax, settings.rowsMax);
  mustBeLess('query.limit_max', settings.limitMax, settings.rowsMax);
  return settings;
}

function mustBeLess(key: string, found: number, rowsMax: number): void {
  if (found < rowsMax) return;
  throw new Error(`${key} is ${found}: it must be less than query.rows_max, which is ${rowsMax}`);
}
