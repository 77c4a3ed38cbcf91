/**
 * Bytes on disk of a data directory: the engine's store apart from the spool.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** @returns {{ engineBytes: number, spoolBytes: number }} */
export function measureDisk(dataDir) {
  const sizes = { engineBytes: 0, spoolBytes: 0 };
  for (const entry of readdirSync(dataDir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const isSpool = path.slice(dataDir.length).split('/').includes('spool');
    sizes[isSpool ? 'spoolBytes' : 'engineBytes'] += sizeOf(path);
  }
  return sizes;
}

/** A part may be merged away between the listing and the look. */
function sizeOf(path) {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}
