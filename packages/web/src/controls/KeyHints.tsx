/** A quiet line of keys and what they do, for the foot of a page or a layer. */
import styles from './KeyHints.module.css';

export function KeyHints({ hints }: { hints: readonly (readonly [key: string, says: string])[] }) {
  return (
    <p className={styles.hints}>
      {hints.map(([key, says]) => (
        <span key={key}>
          <b>{key}</b> {says}
        </span>
      ))}
    </p>
  );
}
