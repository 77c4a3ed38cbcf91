/**
 * Sharing: the address is the state, so sharing is copying the link.
 *
 * Never knows: the pages.
 */
import { create } from 'zustand';

export type ShareOutcome = 'idle' | 'copied' | 'failed';

type Share = {
  readonly outcome: ShareOutcome;
  /** Copies the link of the page as it is now; `outcome` tells for a moment how it went. */
  readonly share: () => Promise<void>;
};

/** Long enough to be read, short enough not to be in the way. */
const shownMs = 2_000;
let timer: ReturnType<typeof setTimeout> | undefined;

export const useShare = create<Share>((set) => ({
  outcome: 'idle',
  share: async () => {
    const outcome = (await copyText(location.href)) ? 'copied' : 'failed';
    clearTimeout(timer);
    set({ outcome });
    timer = setTimeout(() => set({ outcome: 'idle' }), shownMs);
  },
}));

/**
 * Copies a text; false when the browser refuses. On plain http from another machine there is no asynchronous clipboard,
 * so the old command is the second try.
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyByCommand(text);
  }
}

function copyByCommand(text: string): boolean {
  const field = document.createElement('textarea');
  field.value = text;
  field.style.position = 'fixed';
  field.style.opacity = '0';
  const focused = document.activeElement;
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand('copy');
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return isCopied;
}
