/**
 * What a search finds, page after page, until there are as many traces as were asked for.
 *
 * Never knows: HTTP, gRPC.
 */
import type { HitsPart, Page, Question, Took, TraceHit } from '@clew/query';
import { limits } from '../limits.ts';
import type { TempoSearch } from './ask.ts';
import { searchQuestion } from './search-question.ts';
import {
  type FoundTrace,
  foundTrace,
  jobs,
  type SearchMetrics,
  searchMetrics,
} from './search-shape.ts';

export type FoundPart = {
  /** Newest first; each trace once in all parts. */
  readonly traces: readonly FoundTrace[];
  /** All jobs are completed in the last part only, and only when nothing was left out. */
  readonly metrics: SearchMetrics;
};

/** Answers a page in one part or in several. */
export type AskPage = (question: Question, page: Page) => AsyncIterable<HitsPart<TraceHit>>;

/** @throws what the question and its answering throw */
export async function* foundTraces(search: TempoSearch, ask: AskPage): AsyncGenerator<FoundPart> {
  const question = searchQuestion(search);
  // Tempo's search by tags knows no spansets.
  const spans = search.spansPerSpanset || limits.spansetSpansMax;
  const shown = search.q === '' ? {} : { spansPerSpanset: spans };
  let left = Math.min(search.limit, limits.tempoTracesMax);
  let before: Took = { ms: 0, rowsRead: 0 };
  let cursor: string | null = null;
  let done = 0;
  do {
    const page: Page = { limit: Math.min(left, limits.tracesMax), cursor, ...shown };
    let took = before;
    cursor = null;
    for await (const part of ask(question, page)) {
      left -= part.hits.length;
      took = { ms: before.ms + part.took.ms, rowsRead: before.rowsRead + part.took.rowsRead };
      if (part.end?.complete === true && left > 0) cursor = part.end.cursor;
      const isDone = part.end?.complete === true && cursor === null;
      // A page may look at some of what the page before it has looked at.
      done = isDone ? jobs : Math.max(done, Math.min(Math.floor(part.looked * jobs), jobs - 1));
      yield { traces: part.hits.map(foundTrace), metrics: searchMetrics(took, done) };
    }
    before = took;
  } while (cursor !== null);
}
