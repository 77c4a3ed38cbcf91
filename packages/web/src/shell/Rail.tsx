/**
 * The rail at the left edge: the way home and the pages that exist, as icons with names.
 *
 * Never knows: what a page shows.
 */
import { Link } from '@tanstack/react-router';
import { Compass } from 'lucide-react';
import { words } from '../words.ts';
import { Clew } from './Clew.tsx';
import styles from './Rail.module.css';

export function Rail() {
  return (
    <nav className={styles.rail} aria-label={words.shell.navigation}>
      <Link to="/" className={styles.home} aria-label={words.shell.home}>
        <Clew />
      </Link>
      <ul className={styles.entries}>
        <li>
          <Link
            to="/explore"
            className={styles.entry}
            activeProps={{ className: styles.active }}
            activeOptions={{ includeSearch: false }}
          >
            <Compass size={18} strokeWidth={1.5} aria-hidden="true" />
            <span className={styles.label}>{words.shell.explore}</span>
          </Link>
        </li>
      </ul>
    </nav>
  );
}
