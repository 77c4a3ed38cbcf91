/**
 * What the server is doing while it starts: one line that changes, on a terminal only.
 */
import type { Terminal } from '../terminal/terminal.ts';

export interface Steps {
  readonly begin: (says: string) => void;
  readonly end: () => void;
}

export function createSteps({ isErrTty, err, errStyle }: Terminal, isWanted: boolean): Steps {
  if (!isErrTty || !isWanted) return { begin: () => undefined, end: () => undefined };
  let isShown = false;
  return {
    begin: (says) => {
      err(`\r\u001b[K${errStyle.accent('◐')} ${errStyle.dim(`${says} …`)}`);
      isShown = true;
    },
    end: () => {
      if (isShown) err('\r\u001b[K');
      isShown = false;
    },
  };
}
