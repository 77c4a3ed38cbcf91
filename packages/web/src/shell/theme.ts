/**
 * Which theme is shown: the person's choice, or the system's preference, kept in `data-theme` of the document.
 *
 * public/theme.js sets the attribute before the first paint; from then on this store owns it. Never knows: colours.
 */
import { create } from 'zustand';
import type { Theme } from '../tokens/tokens.ts';

export type ThemeChoice = 'system' | Theme;

const storageKey = 'clew.theme';
const systemIsLight = matchMedia('(prefers-color-scheme: light)');

type ThemeState = {
  readonly choice: ThemeChoice;
  /** What is on the screen; the canvas redraws when it changes. */
  readonly theme: Theme;
  readonly setChoice: (choice: ThemeChoice) => void;
};

export const useTheme = create<ThemeState>((set) => ({
  choice: storedChoice(),
  theme: resolve(storedChoice()),
  setChoice: (choice) => {
    store(choice);
    set({ choice, theme: resolve(choice) });
  },
}));

useTheme.subscribe(({ theme }) => {
  document.documentElement.dataset['theme'] = theme;
});
systemIsLight.addEventListener('change', () => {
  useTheme.setState(({ choice }) => ({ theme: resolve(choice) }));
});

function resolve(choice: ThemeChoice): Theme {
  if (choice !== 'system') return choice;
  return systemIsLight.matches ? 'light' : 'dark';
}

/** Storage may be blocked by the browser; the choice then lasts as long as the page. */
function storedChoice(): ThemeChoice {
  try {
    const text = localStorage.getItem(storageKey);
    return text === 'dark' || text === 'light' ? text : 'system';
  } catch {
    return 'system';
  }
}

function store(choice: ThemeChoice): void {
  try {
    if (choice === 'system') localStorage.removeItem(storageKey);
    else localStorage.setItem(storageKey, choice);
  } catch {
    // See storedChoice.
  }
}
