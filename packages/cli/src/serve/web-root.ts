/** Where the built user interface is; undefined when it was not built. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export function webRoot(): string | undefined {
  const manifest = createRequire(import.meta.url).resolve('@clew/web/package.json');
  const root = join(dirname(manifest), 'dist', 'app');
  return existsSync(join(root, 'index.html')) ? root : undefined;
}
