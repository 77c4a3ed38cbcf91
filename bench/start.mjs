/**
 * Cold start: from the command to the line that says Clew is ready, on an empty and on a used folder.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startClew } from './clew.mjs';

export const name = 'start';
export const says = 'cold start to ready, milliseconds';

/** @param {{ rounds?: number }} options */
export async function run({ rounds = 5 } = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'clew-bench-'));
  try {
    const took = [];
    for (let round = 0; round <= rounds; round++) {
      const clew = await startClew({ dataDir });
      took.push(Math.round(clew.readyMs));
      await clew.stop();
    }
    const [emptyMs, ...usedMs] = took;
    return { emptyMs, usedMs: usedMs.sort((a, b) => a - b)[Math.floor(rounds / 2)] };
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}
