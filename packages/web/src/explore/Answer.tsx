/**
 * The answer in all its states: skeleton, table, nothing found, error. Above it what was asked, as TraceQL.
 *
 * Never knows: how rows are drawn.
 */
import { TriangleAlert } from 'lucide-react';
import { Suspense } from 'react';
import { type ExploreAddress, hasFilters } from '../address/explore-address.ts';
import { whenIdle } from '../shell/when-idle.ts';
import { words } from '../words.ts';
import styles from './Answer.module.css';
import { AnswerError } from './AnswerError.tsx';
import { AnswerLine } from './AnswerLine.tsx';
import { SkeletonRows } from './SkeletonRows.tsx';
import { SpanTable } from './SpanTable.tsx';
import { TraceTable } from './TraceTable.tsx';
import type { AnswerState } from './use-answer.ts';

const EmptyAnswer = whenIdle(async () => (await import('./EmptyAnswer.tsx')).EmptyAnswer);

export type AnswerProps = {
  readonly address: ExploreAddress;
  readonly answer: AnswerState;
  readonly onChange: (fields: Partial<ExploreAddress>) => void;
};

export function Answer(props: AnswerProps) {
  const { address, answer } = props;
  return (
    <section className={styles.answer} aria-label={words.explore.resultLabel[address.tab]}>
      <AnswerLine address={address} answer={answer} />
      {answer.head && !answer.isComplete && (
        <p className={styles.partial}>
          <TriangleAlert size={15} strokeWidth={1.5} aria-hidden="true" />
          {words.explore.partialSays}
        </p>
      )}
      <Rows {...props} />
    </section>
  );
}

function Rows({ address, answer, onChange }: AnswerProps) {
  if (answer.error && (!answer.head || answer.isStale)) {
    return <AnswerError error={answer.error} onRetry={answer.runAgain} />;
  }
  if (answer.isFirst) return <SkeletonRows population={address.tab} />;
  const rows = address.tab === 'spans' ? answer.spans : answer.traces;
  if (rows.length === 0) {
    return (
      <Suspense fallback={null}>
        <EmptyAnswer address={address} traceql={answer.head?.traceql} onChange={onChange} />
      </Suspense>
    );
  }
  if (address.tab === 'spans') return <SpanTable answer={answer} />;
  return <TraceTable answer={answer} isNarrowed={hasFilters(address)} />;
}
