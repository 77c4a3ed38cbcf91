/** Which services a trace went through: one bar, each service as wide as its share of the spans, and how many. */
import { Swatch } from '../controls/Swatch.tsx';
import { counted } from '../format/numbers.ts';
import type { ServiceShare } from '../server/answers.ts';
import styles from './Composition.module.css';

/** Narrower slices than this cannot be told apart; the number beside the bar still counts them. */
const slicesMax = 12;

export function Composition({ services }: { services: readonly ServiceShare[] }) {
  const names = services.map(({ name, spans }) => `${name} ${spans}`).join(', ');
  return (
    <span className={styles.composition} title={names}>
      <span className={styles.bar} aria-hidden="true">
        {services.slice(0, slicesMax).map(({ name, look, spans }) => (
          <span key={name} className={styles.slice} style={{ flexGrow: Math.max(1, spans) }}>
            <Swatch look={look} shape="fill" />
          </span>
        ))}
      </span>
      <span className={styles.count}>
        {services.length}
        <span className="visually-hidden">
          {' '}
          {counted(services.length, 'service').slice(String(services.length).length)}
        </span>
      </span>
    </span>
  );
}
