/** What is shown instead of a page that threw: the message, and the way on. */
import type { ErrorComponentProps } from '@tanstack/react-router';
import { Button } from '../controls/Button.tsx';
import { words } from '../words.ts';
import styles from './Statement.module.css';

export function CrashPage({ error }: ErrorComponentProps) {
  return (
    <main id="content" className={styles.statement} role="alert">
      <h1>{words.crash.title}</h1>
      <p>{words.crash.says}</p>
      <pre className={styles.detail}>{describe(error)}</pre>
      <Button onPress={() => location.reload()}>{words.crash.reload}</Button>
    </main>
  );
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
