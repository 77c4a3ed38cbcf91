/**
 * How the user interface is built and served while developing.
 *
 * The output is static files under dist/app that any server with a strict content security policy can serve: no inline
 * script, no data: URL, fonts from the same origin.
 */
import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig, type Plugin } from 'vite';
import { tokensCss } from './src/tokens/tokens-css.ts';

const server = process.env['CLEW_DEV_SERVER'] ?? 'http://127.0.0.1:16686';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tokens()],
  resolve: { conditions: ['source', ...defaultClientConditions] },
  server: { host: '127.0.0.1', proxy: { '/api': server } },
  build: {
    outDir: resolve(import.meta.dirname, 'dist/app'),
    emptyOutDir: true,
    target: 'es2023',
    sourcemap: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
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
