/**
 * `@clew/sdk/esbuild`: lets a bundled application be traced like any other.
 *
 *     await build({ …, bundle: true, platform: 'node', plugins: [clewEsbuild()] });
 *
 * Packages that an instrumentation patches stay outside of the bundle and are loaded when they are
 * reached; the bundle begins with the SDK. Never knows: what is traced.
 */

import type { Plugin, PluginBuild } from 'esbuild';
import {
  type BundleOptions,
  isOurs,
  keptPackages,
  loadExpression,
  packageOf,
  REGISTER,
} from './bundle/kept-packages.ts';

const NAMESPACE = 'clew-kept';

/** For `platform: 'node'`, with the formats `cjs` and `esm`. */
export function clewEsbuild(options: BundleOptions = {}): Plugin {
  return {
    name: 'clew',
    setup(build) {
      const { absWorkingDir } = build.initialOptions;
      const kept = keptPackages(options, absWorkingDir);
      build.onResolve({ filter: /^[^./]/ }, ({ path, kind, namespace }) => {
        if (namespace === NAMESPACE || kind === 'entry-point') return undefined;
        if (isOurs(path)) return { path, external: true };
        const name = packageOf(path);
        return name !== undefined && kept.has(name) ? { path, namespace: NAMESPACE } : undefined;
      });
      // As CommonJS, whose names esbuild looks up when the bundle runs.
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({
        contents: `module.exports = ${loadExpression(path)};`,
        loader: 'js',
      }));
      if (options.register !== false) beginWithSdk(build);
    },
  };
}

function beginWithSdk({ initialOptions }: PluginBuild): void {
  const line =
    initialOptions.format === 'esm' ? `import '${REGISTER}';` : `require('${REGISTER}');`;
  const { js } = initialOptions.banner ?? {};
  // Behind what is there: a first line with #! must stay the first.
  initialOptions.banner = { ...initialOptions.banner, js: js ? `${js}\n${line}` : line };
}
