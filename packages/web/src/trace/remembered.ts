/**
 * A number that a person adjusted and finds again: widths, heights, switches. Kept in the browser, not in the link.
 *
 * Never knows: what the number means.
 */
import { useState } from 'react';

/** Like `useState`, stored under `key`. Blocked storage: it lasts as long as the page. */
export function useRemembered(key: string, initial: number): [number, (value: number) => void] {
  const [value, setValue] = useState(() => {
    try {
      const stored = localStorage.getItem(key);
      const number = stored === null ? Number.NaN : Number(stored);
      return Number.isFinite(number) ? number : initial;
    } catch {
      return initial;
    }
  });
  const change = (next: number) => {
    setValue(next);
    try {
      localStorage.setItem(key, String(next));
    } catch {
      // See above.
    }
  };
  return [value, change];
}
