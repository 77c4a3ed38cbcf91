/** One line over the answer: how much was found, how fast, how completely. */
import type { ExploreAddress } from '../address/explore-address.ts';
import { formatDuration } from '../format/duration.ts';
import { formatCount, formatShortCount } from '../format/numbers.ts';
import { words } from '../words.ts';
import styles from './AnswerLine.module.css';
import type { AnswerState } from './use-answer.ts';

const says = words.explore;

export function AnswerLine({ address, answer }: { address: ExploreAddress; answer: AnswerState }) {
  const { head } = answer;
  const rows = address.tab === 'spans' ? answer.spans : answer.traces;
  return (
    <div className={styles.line}>
      {/* Live answers come every two seconds; reading each one out would drown everything else. */}
      <p className={styles.facts} role="status" aria-live={address.live ? 'off' : 'polite'}>
        {head && !answer.isStale ? (
          <>
            <b>
              {says.count(
                formatCount(rows.length),
                answer.hasMore,
                says[address.tab].toLowerCase(),
              )}
            </b>
            <span>
              {says.took(formatDuration(head.took.ms * 1e6), formatShortCount(head.took.rowsRead))}
            </span>
            <span className={answer.isComplete ? undefined : styles.partial}>
              {answer.isComplete ? says.complete : says.partial}
            </span>
          </>
        ) : (
          answer.isAsking && <span>{says.asking}</span>
        )}
      </p>
      <div
        className={styles.progress}
        data-on={answer.isAsking && !address.live ? '' : undefined}
      />
    </div>
  );
}
