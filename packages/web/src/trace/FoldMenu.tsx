/**
 * The fold menu: what should stay in sight. Each entry is a fold that a link can carry.
 *
 * Never knows: how folding works.
 */
import { ChevronDown } from 'lucide-react';
import { Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { Button } from '../controls/Button.tsx';
import { DEFAULT_FOLD, type FoldSpec } from '../model/fold.ts';
import type { TraceView } from '../model/trace-view.ts';
import styles from './FoldMenu.module.css';
import { words } from './words.ts';

export function FoldMenu({ view }: { view: TraceView }) {
  const choose = (name: keyof typeof words.folds) => {
    const { grouping, focusId } = view.foldSpec();
    view.setFold({ ...DEFAULT_FOLD, grouping, focusId, ...foldNamed(name, view) });
  };
  return (
    <MenuTrigger>
      <Button>
        {words.fold}
        <ChevronDown size={14} strokeWidth={1.5} aria-hidden="true" />
      </Button>
      <Popover className={styles.popover!} offset={4} placement="bottom start">
        <Menu
          className={styles.menu!}
          aria-label={words.fold}
          onAction={(key) => choose(key as keyof typeof words.folds)}
        >
          {Object.entries(words.folds).map(([name, text]) => (
            <MenuItem key={name} id={name} className={styles.item!}>
              {text}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

function foldNamed(name: keyof typeof words.folds, view: TraceView): Partial<FoldSpec> {
  const folds: Record<keyof typeof words.folds, Partial<FoldSpec>> = {
    auto: { base: 'auto' },
    open: { base: 'open' },
    closed: { base: { depth: 0 } },
    path: { base: { criticalPath: true } },
    errors: { base: { errors: true } },
    level: { base: { depth: 2 } },
    short: { base: { minNs: Math.max(1, Math.round(wallNs(view) / 100)) } },
    clients: { base: 'open', foldClients: true },
  };
  return folds[name];
}

function wallNs({ store }: TraceView): number {
  return store.wallEnd - store.wallStart;
}
