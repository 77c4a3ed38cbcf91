/**
 * Keyboard bindings that announce themselves: what a page binds is what the `?` sheet lists.
 *
 * Plain letters never fire while something is being edited or a layer is open, and can be switched off altogether
 * (WCAG 2.1.4). Never knows: what the keys do.
 */
import { useEffect, useId, useRef } from 'react';
import { tinykeys } from 'tinykeys';
import { create } from 'zustand';

export type KeyBinding = {
  /** tinykeys notation: `j`, `Shift+S`, `$mod+k`, `g e`. Absent: listed only, the page handles it itself. */
  readonly keys?: string | readonly string[];
  /** How the sheet shows it; a space separates caps: `Ctrl K`. */
  readonly shown: string;
  readonly says: string;
  readonly run?: (event: KeyboardEvent) => void;
  /** Fires in inputs too: only for chords with a modifier. */
  readonly everywhere?: boolean;
};

export type KeySection = { readonly title: string; readonly bindings: readonly KeyBinding[] };

type KeySheet = {
  readonly sections: ReadonlyMap<string, KeySection>;
  readonly isOpen: boolean;
  readonly setOpen: (isOpen: boolean) => void;
  readonly singleKeys: boolean;
  readonly setSingleKeys: (isOn: boolean) => void;
};

const storageKey = 'clew.singleKeys';

export const useKeySheet = create<KeySheet>((set) => ({
  sections: new Map(),
  isOpen: false,
  setOpen: (isOpen) => set({ isOpen }),
  singleKeys: readStored() !== 'off',
  setSingleKeys: (isOn) => {
    try {
      localStorage.setItem(storageKey, isOn ? 'on' : 'off');
    } catch {
      // Blocked storage: the choice lasts as long as the page.
    }
    set({ singleKeys: isOn });
  },
}));

/** Binds the keys while the component is mounted, and lists them under `title` in the sheet. */
export function usePageKeys(title: string, bindings: readonly KeyBinding[]): void {
  const id = useId();
  const latest = useRef(bindings);
  useEffect(() => {
    latest.current = bindings;
  });
  const shape = bindings.map((binding) => `${binding.keys}|${binding.shown}`).join('\n');

  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` says when the list differs; handlers are read late.
  useEffect(() => {
    change((sections) => sections.set(id, { title, bindings: latest.current }));
    const map: Record<string, (event: KeyboardEvent) => void> = {};
    latest.current.forEach((binding, index) => {
      for (const keys of [binding.keys ?? []].flat()) {
        map[keys] = (event) => {
          const current = latest.current[index];
          if (current?.run && mayFire(current, event)) current.run(event);
        };
      }
    });
    const unbind = tinykeys(window, map);
    return () => {
      unbind();
      change((sections) => sections.delete(id));
    };
  }, [id, title, shape]);
}

/** Whether a key press belongs to something that is being edited or to an open layer. */
export function isBusyTarget(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return (
    target.closest(
      'input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable=""], [contenteditable=true], [role=dialog], [role=menu], [role=listbox]',
    ) !== null
  );
}

function mayFire(binding: KeyBinding, event: KeyboardEvent): boolean {
  if (event.defaultPrevented) return false;
  if (binding.everywhere) return true;
  if (isBusyTarget(event.target)) return false;
  const isSingle = !event.ctrlKey && !event.metaKey && !event.altKey && event.key.length === 1;
  return !isSingle || event.key === '?' || useKeySheet.getState().singleKeys;
}

function change(edit: (sections: Map<string, KeySection>) => unknown): void {
  useKeySheet.setState(({ sections }) => {
    const next = new Map(sections);
    edit(next);
    return { sections: next };
  });
}

function readStored(): string | null {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null;
  }
}
