/** One line over the answer: the question as TraceQL with copy, then how much was found, how fast, how completely. */
import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import type { ExploreAddress } from '../address/explore-address.ts';
import { Button } from '../controls/Button.tsx';
import { formatDuration } from '../format/duration.ts';
import { formatCount, formatShortCount } from '../format/numbers.ts';
import { copyText } from '../shell/share.ts';
import { words } from '../words.ts';
import styles from './AnswerLine.module.css';
import type { AnswerState } from './use-answer.ts';

const says = words.explore;

export function AnswerLine({ address, answer }: { address: ExploreAddress; answer: AnswerState }) {
  const { head } = answer;
  const rows = address.tab === 'spans' ? answer.spans : answer.traces;
  return (
    <div className={styles.line}>
      {head ? <Traceql text={head.traceql} /> : <span className={styles.text} />}
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

function Traceql({ text }: { text: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    setCopied(await copyText(text));
    setTimeout(() => setCopied(false), 2_000);
  };
  const Icon = isCopied ? Check : Copy;
  return (
    <>
      <code className={styles.text} title={text}>
        {text}
      </code>
      <Button
        look="quiet"
        aria-label={isCopied ? says.traceqlCopied : says.copyTraceql}
        title={says.copyTraceql}
        onPress={() => void copy()}
      >
        <Icon size={14} strokeWidth={1.5} aria-hidden="true" />
      </Button>
    </>
  );
}
