/**
 * Statement → rows, within one budget.   before: sql/print.ts   after: results.ts
 *
 * A question may take several statements; together they get the seconds that one question has. Every statement carries
 * its limits, because the engine can only be stopped by its own.
 *
 * Never knows: what is asked.
 */
import {
  type Engine,
  type RunOptions,
  type Statement,
  StatementAborted,
  StatementRefused,
  StatementTimedOut,
} from '@clew/store';
import { QuestionError } from './errors.ts';
import type { Took } from './results.ts';
import type { QuerySettings } from './settings.ts';

/** The running of one question. */
export type Run = {
  rows<Row>(statement: Statement): Promise<readonly Row[]>;
  /** One array per alias of the statement's select, which the caller knows; null when there is no row. */
  columns<Columns>(statement: Statement): Promise<Columns | null>;
  took(): Took;
};

/** The engine counts whole seconds badly below one; a statement is not started with less than this left. */
const secondsLeast = 0.05;

/** @param signal aborts what is waited for; the engine itself stops at the limit on seconds */
export function startRun(engine: Engine, settings: QuerySettings, signal?: AbortSignal): Run {
  const startedMs = performance.now();
  let engineMs = 0;
  let rowsRead = 0;

  const limits = (): RunOptions => {
    if (signal?.aborted) throw new StatementAborted('the asker left', { cause: signal.reason });
    const secondsLeft = settings.secondsMax - (performance.now() - startedMs) / 1000;
    if (secondsLeft < secondsLeast) throw new StatementTimedOut('the question took too long');
    return {
      ...(signal ? { signal } : {}),
      secondsMax: secondsLeft,
      rowsMax: settings.rowsMax,
      memoryBytesMax: settings.memoryBytesMax,
      threadsMax: settings.threadsMax,
    };
  };
  const count = <Answer extends { readRows: number; elapsedMs: number }>(answer: Answer) => {
    engineMs += answer.elapsedMs;
    rowsRead += answer.readRows;
    return answer;
  };

  return {
    rows: async <Row>(statement: Statement) =>
      count(await readable(statement, () => engine.rows<Row>(statement, limits()))).rows,
    columns: async <Columns>(statement: Statement) => {
      const answer = count(await readable(statement, () => engine.columns(statement, limits())));
      return answer.rowCount === 0 ? null : (answer.columns as Columns);
    },
    took: () => ({ ms: Math.round(engineMs * 100) / 100, rowsRead }),
  };
}

/** What the engine reads of a statement, `max_query_size`; no letter of ours takes more than a byte. */
const statementCharsMax = 262_144;
/** ClickHouse's TOO_DEEP_AST, TOO_BIG_AST, TOO_DEEP_RECURSION. */
const complexities = [167, 168, 306];

/** @throws QuestionError `too-complex` for what the engine does not read for its size */
async function readable<Answer>({ text }: Statement, ask: () => Promise<Answer>): Promise<Answer> {
  if (text.length > statementCharsMax) {
    throw new QuestionError('too-complex', { found: `a statement of ${text.length} characters` });
  }
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof StatementRefused) || !complexities.includes(error.code)) throw error;
    const [found = ''] = error.message.split('. ');
    throw Object.assign(new QuestionError('too-complex', { found }), { cause: error });
  }
}
