/**
 * SQL that a user wrote: text → tree → statement of our own → the engine's reading of it checked → rows.
 * before: query.ts   after: ../sql/user/print-query.ts, check-tree.ts
 *
 * The user's text never reaches the engine. What does is printed from the tree of an allow-list grammar, with strings
 * as parameters, the tenant in every view and a limit on rows; and before it runs, the engine's own syntax tree of it is
 * held against lists once more. Why so: docs/decisions/0014-sql-printed-anew.md.
 *
 * Never knows: HTTP, formats of files.
 */
import {
  type Engine,
  type ReadFormat,
  type ReadOptions,
  type Statement,
  StatementRefused,
  StatementTimedOut,
} from '@clew/store';
import { QuestionError } from '../errors.ts';
import type { Took } from '../results.ts';
import type { SqlSettings } from '../settings.ts';
import { userStatement } from '../sql/user/print-query.ts';
import { checkTree, UnexpectedTree } from './check-tree.ts';
import type { Gate } from './gate.ts';
import { sqlLimits } from './limits.ts';
import { parseSql } from './parse-query.ts';
import { isZoneName } from './zones.ts';

export type SqlFileFormat = 'csv' | 'arrow' | 'arrow-stream' | 'parquet';

export type SqlAnswer = {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** 64-bit integers are numbers while JavaScript can hold them exactly, then strings. */
  readonly rows: readonly (readonly unknown[])[];
  /** False when there were more rows than `sql.rows_max`. */
  readonly complete: boolean;
  /** The statement that ran; its values are parameters. */
  readonly sql: string;
  readonly took: Took;
};

export type SqlAsk = {
  readonly engine: Engine;
  readonly gate: Gate;
  readonly limits: SqlSettings;
  readonly tenant: string;
  readonly signal?: AbortSignal | undefined;
};

/** @throws QuestionError `bad-sql`, `sql-not-allowed`, `sql-refused`, `sql-over-limit`, `sql-busy` */
export async function answerSql(ask: SqlAsk, text: string): Promise<SqlAnswer> {
  const statement = statementOf(ask, text);
  // One row more than may be answered, to know whether there are more.
  const rowsMax = ask.limits.rowsMax + 1;
  const bytes = await run(ask, statement, rowsMax, 'JSONCompact');
  return shapeOf(bytes, statement, ask.limits.rowsMax);
}

/** @throws QuestionError as above; a file cannot say that it was cut, so more rows than allowed are refused */
export async function answerSqlFile(
  ask: SqlAsk,
  text: string,
  format: SqlFileFormat,
): Promise<Buffer> {
  return run(ask, statementOf(ask, text), ask.limits.rowsMax, formats[format]);
}

const formats = {
  csv: 'CSVWithNames',
  arrow: 'Arrow',
  'arrow-stream': 'ArrowStream',
  parquet: 'Parquet',
} as const satisfies Record<SqlFileFormat, ReadFormat>;

function statementOf({ tenant, limits }: SqlAsk, text: string): Statement {
  if (text.length > sqlLimits.charsMax) {
    const found = `${text.length} characters; at most ${sqlLimits.charsMax} are read`;
    throw new QuestionError('sql-not-allowed', { found });
  }
  return userStatement(parseSql(text), tenant, limits.rowsMax);
}

async function run(
  { engine, gate, limits, signal }: SqlAsk,
  statement: Statement,
  rowsMax: number,
  format: ReadFormat,
): Promise<Buffer> {
  const { secondsMax, rowsReadMax, memoryBytesMax, resultBytesMax } = limits;
  const options: ReadOptions = {
    secondsMax,
    rowsMax,
    rowsReadMax,
    memoryBytesMax,
    resultBytesMax,
    threadsMax: 2,
  };
  // Without the signal: the engine works on until its limit, and the place at the gate is taken for as long.
  const work = gate(async () => {
    const tree = await engine.read(
      syntaxTreeOf(statement),
      { ...options, ...treeLimits },
      'TSVRaw',
    );
    checkTree(tree.toString('utf8'));
    const answer = await engine.read(statement, options, format);
    // The engine counts a repeated constant once; its text is as long as it is.
    if (answer.length > resultBytesMax) throw new StatementRefused(307, 'the answer is too long');
    return answer;
  }, signal);
  try {
    return await orAborted(work, signal);
  } catch (thrown) {
    throw refusalOf(thrown, limits);
  }
}

/** Rejects as soon as the asker leaves; the work ends on its own. */
function orAborted<Done>(work: Promise<Done>, signal: AbortSignal | undefined): Promise<Done> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}

/** A tree has a line per node, and its nodes are bounded by the length of the text. */
const treeLimits = { rowsMax: 1_000_000, resultBytesMax: 64 * 1024 * 1024 };

/**
 * Texts are left out, so that none can look like a node; only what is no plain word leaves a sign, which the tree may not
 * have where the name of a time zone or of a type stands.
 */
function syntaxTreeOf({ text, params }: Statement): Statement {
  const signs = Object.entries(params).map(([name, value]) => {
    if (!text.includes(`{${name}:String}`)) return [name, value];
    return [name, isZoneName(String(value)) ? '' : ':'];
  });
  return { text: `explain ast ${text}`, params: Object.fromEntries(signs) };
}

function refusalOf(thrown: unknown, limits: SqlSettings): unknown {
  if (thrown instanceof UnexpectedTree) {
    return Object.assign(new QuestionError('sql-not-allowed', { found: thrown.message }), {
      cause: thrown,
    });
  }
  if (thrown instanceof StatementTimedOut) {
    const found = `it took longer than ${limits.secondsMax} s (sql.seconds_max)`;
    return Object.assign(new QuestionError('sql-over-limit', { found }), { cause: thrown });
  }
  if (!(thrown instanceof StatementRefused)) return thrown;
  const code = thrown.overLimit ? 'sql-over-limit' : 'sql-refused';
  const found = overLimits(limits)[thrown.code] ?? plainWords(thrown.message);
  return Object.assign(new QuestionError(code, { found }), { cause: thrown });
}

/** The engine's codes for limits: TOO_MANY_ROWS, MEMORY_LIMIT_EXCEEDED, TOO_MANY_BYTES, TOO_MANY_ROWS_OR_BYTES. */
function overLimits(limits: SqlSettings): Readonly<Record<number, string>> {
  const rows = `the answer has more than ${limits.rowsMax} rows (sql.rows_max) or ${limits.resultBytesMax} bytes (sql.result_bytes_max)`;
  return {
    158: `it reads more than ${limits.rowsReadMax} rows (sql.rows_read_max)`,
    241: `it needs more than ${limits.memoryBytesMax} bytes of memory (sql.memory_bytes_max)`,
    307: rows,
    396: rows,
  };
}

/** What the engine says about the mistake, without the SQL that the user did not write. */
function plainWords(message: string): string {
  const [words = ''] = message
    .replace(/^Code: \d+\. (?:DB::Exception: )*/, '')
    .replace(/:? in scope [\s\S]*/i, '')
    .split(/(?:: |\. )(?:While processing |while executing |\(version )/i);
  return words.replace(/ \([A-Z_]+\)\s*$/, '').slice(0, 400);
}

type EngineAnswer = {
  readonly meta: readonly { readonly name: string; readonly type: string }[];
  readonly data: readonly (readonly unknown[])[];
  readonly statistics: { readonly elapsed: number; readonly rows_read: number };
};

function shapeOf(bytes: Buffer, { text }: Statement, rowsMax: number): SqlAnswer {
  const { meta, data, statistics } = JSON.parse(bytes.toString('utf8')) as EngineAnswer;
  const isInteger = meta.map(({ type }) =>
    /^(?:LowCardinality\(|Nullable\()*U?Int64\)*$/.test(type),
  );
  return {
    columns: meta.map(({ name, type }) => ({ name, type })),
    rows: data
      .slice(0, rowsMax)
      .map((row) => row.map((cell, at) => (isInteger[at] ? exactNumber(cell) : cell))),
    complete: data.length <= rowsMax,
    sql: text,
    took: {
      ms: Math.round(statistics.elapsed * 100_000) / 100,
      rowsRead: Number(statistics.rows_read),
    },
  };
}

function exactNumber(cell: unknown): unknown {
  const number = Number(cell);
  return typeof cell === 'string' && Number.isSafeInteger(number) ? number : cell;
}
