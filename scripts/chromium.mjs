/**
 * Finds a Chromium for the browser tests, or obtains one from the system's package manager.
 *
 * Answers { path } or { reason } in words for a person. Dependency-free: only `node:` modules.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const MAC_PATHS = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
const INSTALL_MS_MAX = 300_000;

/** @returns {{ path: string } | { reason: string }} */
export function chromium() {
  const wanted = process.env.CLEW_CHROMIUM;
  if (wanted) {
    return isExecutable(wanted)
      ? { path: wanted }
      : { reason: `CLEW_CHROMIUM names ${wanted}, which is not an executable file` };
  }
  const present = find();
  if (present) return { path: present };
  const refusal = install();
  const installed = find();
  return installed ? { path: installed } : { reason: refusal };
}

function find() {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...onPath, ...MAC_PATHS].find(isExecutable);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Tries the package manager when that needs no password; answers why not otherwise. */
function install() {
  const advice = 'install Chromium, or set CLEW_CHROMIUM to its path';
  if (process.platform !== 'linux') return `no Chromium found; ${advice}`;
  if (process.getuid?.() !== 0) {
    return `no Chromium found, and installing one needs root; ${advice}`;
  }
  process.stderr.write('No Chromium found: installing the package "chromium" with apt-get …\n');
  const options = { stdio: 'ignore', timeout: INSTALL_MS_MAX };
  spawnSync('apt-get', ['update', '-qq'], options);
  const result = spawnSync('apt-get', ['install', '-y', '-qq', 'chromium'], options);
  if (result.status === 0) return `apt-get installed chromium but no command appeared; ${advice}`;
  return `no Chromium found and apt-get could not install one; ${advice}`;
}
