/**
 * The bar over every page: title, the page's own facts and actions, then what every page has (search, share, theme, keys).
 *
 * Also names the browser tab. Never knows: the pages.
 */
import { CircleHelp, Search } from 'lucide-react';
import { type ReactNode, useEffect } from 'react';
import { Button } from '../controls/Button.tsx';
import { useKeySheet } from '../keys/page-keys.ts';
import { usePalette } from '../palette/palette-state.ts';
import { words } from '../words.ts';
import { ShareButton } from './ShareButton.tsx';
import { ThemeButton } from './ThemeButton.tsx';
import styles from './TopBar.module.css';

export type TopBarProps = {
  /** The page's heading and the title of the browser tab. */
  readonly title: string;
  /** Facts beside the title: chips, breadcrumbs. */
  readonly children?: ReactNode;
  /** The page's own buttons, left of the common ones. */
  readonly actions?: ReactNode;
};

export function TopBar({ title, children, actions }: TopBarProps) {
  const openPalette = usePalette((state) => state.open);
  const openKeys = useKeySheet((state) => state.setOpen);
  useEffect(() => {
    document.title = `${title} · ${words.app}`;
  }, [title]);
  return (
    <header className={styles.bar}>
      <h1 className={styles.title} title={title}>
        {title}
      </h1>
      <div className={styles.facts}>{children}</div>
      <div className={styles.actions}>
        {actions}
        <Button
          look="quiet"
          aria-label={words.shell.search}
          title={`${words.shell.search} (Ctrl K)`}
          onPress={openPalette}
        >
          <Search size={16} strokeWidth={1.5} aria-hidden="true" />
        </Button>
        <ThemeButton />
        <Button
          look="quiet"
          aria-label={words.shell.help}
          title={`${words.shell.help} (?)`}
          onPress={() => openKeys(true)}
        >
          <CircleHelp size={16} strokeWidth={1.5} aria-hidden="true" />
        </Button>
        <ShareButton />
      </div>
    </header>
  );
}
