/**
 * What surrounds every page: rail, page, and the layers that any page can open (palette, key sheet).
 *
 * Layers are loaded when first opened. Never knows: what a page shows.
 */
import { Outlet, useNavigate } from '@tanstack/react-router';
import { Suspense, useState } from 'react';
import { exploreLink } from '../address/links.ts';
import { useKeySheet, usePageKeys } from '../keys/page-keys.ts';
import { usePalette } from '../palette/palette-state.ts';
import { words } from '../words.ts';
import { Rail } from './Rail.tsx';
import styles from './Shell.module.css';
import { useShare } from './share.ts';
import { whenIdle } from './when-idle.ts';

const Palette = whenIdle(async () => (await import('../palette/Palette.tsx')).Palette);
const KeySheet = whenIdle(async () => (await import('./KeySheet.tsx')).KeySheet);

export function Shell() {
  useShellKeys();
  const paletteWasOpened = useEver(usePalette((state) => state.isOpen));
  const sheetWasOpened = useEver(useKeySheet((state) => state.isOpen));
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#content">
        {words.shell.skip}
      </a>
      <Rail />
      <div className={styles.page}>
        <Outlet />
      </div>
      <Suspense fallback={null}>
        {paletteWasOpened && <Palette />}
        {sheetWasOpened && <KeySheet />}
      </Suspense>
    </div>
  );
}

function useShellKeys(): void {
  const navigate = useNavigate();
  const openPalette = usePalette((state) => state.open);
  const openSheet = useKeySheet((state) => state.setOpen);
  const share = useShare((state) => state.share);
  const open = (event: KeyboardEvent) => {
    event.preventDefault();
    openPalette();
  };
  usePageKeys(words.keys.everywhere, [
    {
      keys: '$mod+k',
      shown: 'Ctrl K',
      says: words.keys.palette,
      run: open,
      everywhere: true,
    },
    {
      keys: '/',
      shown: '/',
      says: words.keys.slash,
      run: (event) => {
        // On the Trace page `/` is find; that page binds it itself.
        if (!location.pathname.startsWith('/trace/')) open(event);
      },
    },
    {
      keys: 'g e',
      shown: 'g e',
      says: words.keys.goExplore,
      run: () => void navigate(exploreLink()),
    },
    {
      keys: 'Shift+S',
      shown: 'Shift S',
      says: words.keys.share,
      run: () => void share(),
    },
    // Where `?` needs Shift and where it has a key of its own.
    {
      keys: ['Shift+?', '?'],
      shown: '?',
      says: words.keys.sheet,
      run: () => openSheet(true),
    },
    { shown: 'Esc', says: words.keys.escape },
  ]);
}

/** True from the first time `isOn` was true: a layer stays mounted after its chunk was loaded. */
function useEver(isOn: boolean): boolean {
  const [ever, setEver] = useState(isOn);
  if (isOn && !ever) setEver(true);
  return ever || isOn;
}
