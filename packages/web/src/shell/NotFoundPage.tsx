/** An address that no page has. */
import { Link } from '@tanstack/react-router';
import { words } from '../words.ts';
import styles from './Statement.module.css';
import { TopBar } from './TopBar.tsx';

export function NotFoundPage() {
  return (
    <>
      <TopBar title={words.notFound.title} />
      <main id="content" className={styles.statement}>
        <p>{words.notFound.says}</p>
        <p>
          <Link to="/explore">{words.notFound.go}</Link>
        </p>
      </main>
    </>
  );
}
