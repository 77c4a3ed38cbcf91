/**
 * A progress line that rewrites itself, on a terminal only: pipes and logs get nothing.
 */
import type { Terminal } from './terminal.ts';

export interface Progress {
  /** `share` from 0 to 1, `says` behind the bar. */
  readonly show: (share: number, says: string) => void;
  /** Removes the line, so that what follows starts clean. */
  readonly clear: () => void;
}

const BAR_COLUMNS = 24;
/** Ten times a second is as smooth as text gets. */
const SHOW_EVERY_MS = 100;

export function createProgress({ isErrTty, err, errStyle, now }: Terminal): Progress {
  let shownAt = Number.NEGATIVE_INFINITY;
  let isShown = false;
  return {
    show: (share, says) => {
      if (!isErrTty || (now() - shownAt < SHOW_EVERY_MS && share < 1)) return;
      shownAt = now();
      isShown = true;
      const percent = `${Math.floor(share * 100)} %`.padStart(5);
      err(`\r\u001b[K${errStyle.accent(progressBar(share))} ${percent}  ${says}`);
    },
    clear: () => {
      if (isShown) err('\r\u001b[K');
      isShown = false;
    },
  };
}

/** `▕██████▌             ▏`, exact to an eighth of a column. */
export function progressBar(share: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * BAR_COLUMNS * 8);
  const full = '█'.repeat(Math.floor(eighths / 8));
  const part = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][eighths % 8] as string;
  return `▕${(full + part).padEnd(BAR_COLUMNS)}▏`;
}
