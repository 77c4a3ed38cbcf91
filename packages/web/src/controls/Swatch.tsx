/** A service's look as a small mark beside its name. The name is always there, so the mark is decoration. */
import { lookOf } from '../tokens/looks.ts';
import styles from './Swatch.module.css';

export function Swatch({ look, shape = 'rail' }: { look: number; shape?: 'rail' | 'fill' }) {
  const { hue, texture } = lookOf(look);
  return (
    <span
      className={`${styles.swatch} ${styles[shape]} ${styles[texture]}`}
      style={{ '--hue': `var(--s${hue + 1})` } as React.CSSProperties}
      aria-hidden="true"
    />
  );
}
