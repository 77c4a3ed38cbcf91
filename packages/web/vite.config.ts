/**
 * How the user interface is built and served while developing.
 *
 * The output is static files under dist/app that any server with a strict content security policy can serve: no inline
 * script, no data: URL, fonts from the same origin.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig, type Plugin } from 'vite';
import { tokensCss } from './src/tokens/tokens-css.ts';

const server = process.env['CLEW_DEV_SERVER'] ?? 'http://127.0.0.1:16686';

/**
 * What every page needs is one file, because many small ones compress worse and arrive later: libraries that change
 * with an upgrade, and Clew's own ground that changes with a release. What only one page needs stays with it. The
 * language is a file of its own, because no page waits for it.
 */
const chunkGroups = [
  { name: 'language', test: /\/traceql\/src\//, priority: 1 },
  { name: 'libraries', test: /node_modules/, minShareCount: 2 },
  { name: 'ground', test: /\/web\/src\/(?!query-text\/)/, minShareCount: 2 },
];

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tokens(), englishOnly(), compressed()],
  resolve: { conditions: ['clew-source', ...defaultClientConditions] },
  server: { host: '127.0.0.1', proxy: { '/api': server } },
  build: {
    outDir: resolve(import.meta.dirname, 'dist/app'),
    emptyOutDir: true,
    target: 'es2023',
    sourcemap: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { output: { codeSplitting: { groups: chunkGroups } } },
  },
});

/** Serves tokens.ts as the style sheet `virtual:tokens.css`. */
function tokens(): Plugin {
  const name = 'virtual:tokens.css';
  return {
    name: 'clew-tokens',
    resolveId: (id) => (id === name ? `\0${name}` : undefined),
    load: (id) => (id === `\0${name}` ? tokensCss() : undefined),
  };
}

/**
 * Leaves out React Aria's own words in thirty other languages (14 KB gzipped): the page is in English, and main.tsx says
 * so to React Aria. The day Clew speaks another language, its locale is added here.
 */
function englishOnly(): Plugin {
  const words =
    /\/react-(aria|stately|aria-components)\/dist\/.*\bintl\/.*\b[a-z]{2}-[A-Z]{2}\.mjs$/;
  return {
    name: 'clew-english-only',
    enforce: 'pre',
    load: (id) => (words.test(id) && !id.endsWith('/en-US.mjs') ? 'export default {};' : undefined),
  };
}

/** Writes each text file beside itself as .br and .gz, so that no server compresses the same bytes at every visit. */
function compressed(): Plugin {
  return {
    name: 'clew-compressed',
    apply: 'build',
    writeBundle({ dir }) {
      const files = readdirSync(dir!, { recursive: true, encoding: 'utf8' });
      for (const name of files.filter((file) => /\.(js|css|html|svg)$/.test(file))) {
        const bytes = readFileSync(join(dir!, name));
        writeFileSync(join(dir!, `${name}.br`), brotliCompressSync(bytes));
        writeFileSync(join(dir!, `${name}.gz`), gzipSync(bytes, { level: 9 }));
      }
    },
  };
}
