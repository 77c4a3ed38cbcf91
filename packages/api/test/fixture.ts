/** Expected texts in files of their own; UPDATE=1 rewrites them, and the difference is reviewed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';

/** @param from the test's `import.meta.url` */
export function expectFixture(found: unknown, path: string, from: string): void {
  const text = `${JSON.stringify(found, null, 2)}\n`;
  const url = new URL(path, from);
  if (process.env['UPDATE'] === '1') writeFileSync(url, text);
  else expect(text).toBe(readFileSync(url, 'utf8'));
}
