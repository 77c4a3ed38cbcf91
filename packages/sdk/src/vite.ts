/**
 * `@clew/sdk/vite`: the same for Vite's server builds and for Rollup.
 *
 *     export default defineConfig({ build: { ssr: 'src/server.ts' }, plugins: [clewVite()] });
 *
 * Never knows: what is traced.
 */

import { createRequire } from 'node:module';
import { join } from 'node:path';
import {
  type BundleOptions,
  isOurs,
  keptPackages,
  loadExpression,
  packageOf,
  REGISTER,
} from './bundle/kept-packages.ts';

const PREFIX = '\0clew-kept:';
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** What of a plugin Vite and Rollup have in common, as far as it is used here. */
export interface BundlePlugin {
  readonly name: string;
  readonly enforce: 'pre';
  resolveId(specifier: string, importer?: string): string | { id: string; external: true } | null;
  load(id: string): string | null;
  renderChunk(
    code: string,
    chunk: { readonly isEntry: boolean },
    output: { readonly format: string },
  ): { code: string; map: null } | null;
}

export function clewVite(options: BundleOptions = {}): BundlePlugin {
  const kept = keptPackages(options);
  return {
    name: 'clew',
    enforce: 'pre',
    resolveId(specifier, importer) {
      // Without an importer it is an entry.
      if (importer === undefined) return null;
      if (isOurs(specifier)) return { id: specifier, external: true };
      const name = packageOf(specifier);
      return name !== undefined && kept.has(name) ? PREFIX + specifier : null;
    },
    load(id) {
      return id.startsWith(PREFIX) ? moduleOf(id.slice(PREFIX.length)) : null;
    },
    renderChunk(code, { isEntry }, { format }) {
      if (options.register === false || !isEntry) return null;
      const isModule = format === 'es' || format === 'esm';
      const line = isModule ? `import '${REGISTER}';` : `require('${REGISTER}');`;
      // On the same line, so that source maps stay true.
      return { code: line + code, map: null };
    },
  };
}

/** Rollup wants to know the names of a module, so the package is asked for them while bundling. */
function moduleOf(specifier: string): string {
  const found: unknown = createRequire(join(process.cwd(), 'x.js'))(specifier);
  const isObject = (typeof found === 'object' && found !== null) || typeof found === 'function';
  const names = isObject ? Object.keys(found).filter((name) => IDENTIFIER.test(name)) : [];
  const exported = names
    .filter((name) => name !== 'default' && name !== '__esModule')
    .map((name, at) => `const name${at} = found.${name};\nexport { name${at} as ${name} };`);
  return [
    `const found = ${loadExpression(specifier)};`,
    'export default found && found.__esModule && "default" in found ? found.default : found;',
    ...exported,
  ].join('\n');
}
