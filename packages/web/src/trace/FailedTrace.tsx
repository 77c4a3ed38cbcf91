/** A trace that could not be shown: what the server or the reader said, and another try. */
import { Button } from '../controls/Button.tsx';
import { ServerError } from '../server/ask.ts';
import styles from './Statement.module.css';
import { words } from './words.ts';

export interface FailedTraceProps {
  readonly title: string;
  readonly message?: string;
  readonly error?: Error;
  readonly onRetry: () => void;
}

export function FailedTrace({ title, message, error, onRetry }: FailedTraceProps) {
  const server = error instanceof ServerError ? error : null;
  return (
    <main id="content" className={styles.statement} role="alert">
      <h2>{title}</h2>
      <p>{message ?? error?.message}</p>
      {server?.hint !== undefined && <p>{server.hint}</p>}
      {server?.requestId !== undefined && (
        <p>
          <code>{words.request(server.requestId)}</code>
        </p>
      )}
      <Button onPress={onRetry}>{words.retry}</Button>
    </main>
  );
}
