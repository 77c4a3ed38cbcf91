import { defineConfig } from 'vitest/config';
import { listeners } from './packages/translate/src/listeners.ts';

// Servers that tests start open only the ports that the test asks for: tests run side by side.
const closed = Object.fromEntries(
  [...listeners.map(({ name }) => name), 'sampling']
    .filter((name) => !name.startsWith('otlp'))
    .map((name) => [`CLEW_LISTEN_${name.toUpperCase()}`, 'off']),
);

// Sources are read directly (the `clew-source` export condition), so tests need no build. The prefix keeps
// packages of others that offer their TypeScript as `source` out of it.
export default defineConfig({
  resolve: { conditions: ['clew-source'] },
  ssr: { resolve: { conditions: ['clew-source', 'node', 'import', 'default'] } },
  test: {
    update: process.env['UPDATE'] === '1',
    env: { ...closed, CLEW_LISTEN_TEMPO: 'off', CLEW_LISTEN_JAEGER_QUERY: 'off' },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['packages/*/{src,cases}/**/*.test.{ts,tsx}', 'examples/*/src/**/*.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'engine',
          include: ['packages/*/test/**/*.engine.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'crash',
          include: ['packages/*/test/**/*.crash.ts'],
          testTimeout: 600_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'screen',
          include: ['packages/web/test/**/*.screen.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: ['packages/*/test/**/*.system.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
