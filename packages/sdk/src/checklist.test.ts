/** Keeps the checklist page and the tests together. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checklistPage, isMust, requirements } from '../test/checklist.ts';

const page = fileURLToPath(new URL('../../../docs/sdk/checklist.md', import.meta.url));

describe('the checklist of the specification', () => {
  it('has a test for every row that is a MUST', () => {
    const rows = requirements();
    expect(rows).toHaveLength(150);
    const without = rows.filter((row) => isMust(row) && row.tests.length === 0);
    expect(without.map(({ id }) => id)).toEqual([]);
  });

  it('is the page of the documentation', () => {
    if (process.env['UPDATE'] === '1') {
      mkdirSync(dirname(page), { recursive: true });
      writeFileSync(page, checklistPage());
    }
    expect(readFileSync(page, 'utf8')).toBe(checklistPage());
  });
});
