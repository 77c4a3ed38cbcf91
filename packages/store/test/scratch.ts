/** A data directory for one test, and a log that says nothing. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log } from '../src/index.ts';

export const quiet: Log = () => {};

export function scratch(): { dir: string; remove(): void } {
  const dir = mkdtempSync(join(tmpdir(), 'clew-store-'));
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}
