/** The server's own words, its request id, and the way to try again. */
import { Button } from '../controls/Button.tsx';
import { isPassing, type ServerError } from '../server/ask.ts';
import { words } from '../words.ts';
import styles from './State.module.css';

/** What is wrong in a query is drawn under the query bar; here it would stand a second time. */
const isDrawnAbove = (error: ServerError) => error.code.endsWith('-traceql');

export function AnswerError({ error, onRetry }: { error: ServerError; onRetry: () => void }) {
  return (
    <div className={styles.state} role="alert">
      <h2 className={styles.bad}>{words.explore.error.title}</h2>
      <p className={styles.strong}>
        {isDrawnAbove(error) ? words.explore.error.inQuery : error.message}
      </p>
      {error.hint !== undefined && <p>{error.hint}</p>}
      <p className={styles.quiet}>
        <code>{error.code}</code>
        {error.requestId !== undefined && (
          <>
            {' · '}
            {words.explore.error.request} <code>{error.requestId}</code>
          </>
        )}
      </p>
      {isPassing(error) && <p className={styles.quiet}>{words.explore.error.passing}</p>}
      <Button onPress={onRetry}>{words.explore.error.retry}</Button>
    </div>
  );
}
