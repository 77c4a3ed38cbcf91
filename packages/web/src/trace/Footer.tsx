/** The line under the waterfall: the keys that matter most, and what had to be mended in the trace. */
import type { TraceStore } from '../model/trace-store.ts';
import styles from './Footer.module.css';
import { words } from './words.ts';

export function Footer({ store }: { store: TraceStore }) {
  return (
    <footer className={styles.footer}>
      <ul className={styles.hints}>
        {words.hints.map(([keys, says]) => (
          <li key={keys}>
            <kbd>{keys}</kbd> {says}
          </li>
        ))}
      </ul>
      <p className={styles.notes}>{notesOf(store).join(' · ')}</p>
    </footer>
  );
}

/** What a reader should know about the picture; empty for a trace that was whole and well-formed. */
export function notesOf({ repairs, services }: TraceStore): string[] {
  const { copies, duplicates, cycles, negative } = repairs;
  const swapped = services.filter(({ look }) => look.swapped).map(({ name }) => name);
  const notes: string[] = [];
  if (cycles > 0) notes.push(words.repairs.cycles(cycles));
  if (copies > 0) notes.push(words.repairs.copies(copies));
  if (duplicates > 0) notes.push(words.repairs.duplicates(duplicates));
  if (negative > 0) notes.push(words.repairs.negative(negative));
  if (swapped.length > 0) notes.push(words.repairs.swapped(swapped.join(', ')));
  return notes;
}
