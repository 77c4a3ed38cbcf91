/**
 * How much script a page needs before it can draw: the entry, the page's chunk, and all they import.
 *
 * Counted on the built files, gzipped, because what a browser fetches when idle depends on the machine. Never knows: why
 * a chunk is large.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const app = fileURLToPath(new URL('../dist/app/', import.meta.url));

/** @param page the name of the page's component, which is the name of its chunk. */
export function firstLoadBytes(page: string): number {
  const assets = readdirSync(join(app, 'assets')).filter((name) => name.endsWith('.js'));
  const chunk = assets.find((name) => name.startsWith(`${page}-`));
  if (!chunk) throw new Error(`no chunk is named ${page}; found ${assets.join(', ')}`);
  const html = readFileSync(join(app, 'index.html'), 'utf8');
  const seen = new Set<string>();
  const open = [chunk, ...[...html.matchAll(/\/assets\/([^"]+\.js)/g)].map(([, name]) => name!)];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    open.push(...staticImports(readFileSync(join(app, 'assets', name), 'utf8')));
  }
  return [...seen]
    .map((name) => gzipSync(readFileSync(join(app, 'assets', name))).length)
    .reduce((sum, bytes) => sum + bytes, 0);
}

/** `import … from"./x.js"` and `import"./x.js"`, not `import("./x.js")`. */
function staticImports(code: string): string[] {
  return [...code.matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g)].map(([, name]) => name!);
}
