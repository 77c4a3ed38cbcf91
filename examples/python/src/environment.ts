/**
 * A Python environment of its own with the packages of requirements.txt, in the folder of the stage.
 * Never knows: what is run in it.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Stage } from '../../stage.mjs';

const requirements = fileURLToPath(new URL('../requirements.txt', import.meta.url));
const CREATE_MS_MAX = 40_000;
const INSTALL_MS_MAX = 90_000;

/** The folder of its commands, or what is missing on this machine. */
export async function install(stage: Stage): Promise<{ bin: string } | { missing: string }> {
  const place = join(stage.folder, 'python');
  const bin = join(place, process.platform === 'win32' ? 'Scripts' : 'bin');
  const quietly = ['-q', '--disable-pip-version-check', '--retries', '1', '--timeout', '10'];
  try {
    await stage.play('venv', ['python3', '-m', 'venv', place], { msMax: CREATE_MS_MAX });
    const pip = [join(bin, 'python'), '-m', 'pip', 'install', ...quietly] as const;
    await stage.play('pip', [...pip, '-r', requirements], { msMax: INSTALL_MS_MAX });
    return { bin };
  } catch (error) {
    const lines = (error as Error).message.trim().split('\n');
    return { missing: `the Python packages cannot be installed: ${lines.at(-1)}` };
  }
}
