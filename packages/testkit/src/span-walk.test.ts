/**
 * The ten files of a span's walk say in their headers which step they are and who stands beside
 * them; ARCHITECTURE.md lists the same ten. This test keeps the two from drifting apart.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

const steps = [
  ...readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8').matchAll(
    /^\| (\d+) \w[\w, ]* \| `([^`]+)` \|/gm,
  ),
].map(([, step, file]) => ({ step: Number(step), file: file as string }));

describe("a span's walk", () => {
  it('has ten steps in ARCHITECTURE.md', () => {
    expect(steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it.each(steps)('step $step is $file, and its header says so', ({ step, file }) => {
    expect(existsSync(join(root, file)), file).toBe(true);
    const header = readFileSync(join(root, file), 'utf8').slice(0, 600);
    expect(header).toContain(`Step ${step} of 10 in a span's walk.`);
    const before = steps[step - 2];
    const after = steps[step];
    if (before) expect(header).toMatch(new RegExp(`before: \\S*${nameOf(before.file)}`));
    if (after) expect(header).toMatch(new RegExp(`after: \\S*${nameOf(after.file)}`));
  });
});

function nameOf(file: string): string {
  return (file.split('/').at(-1) as string).replace('.', '\\.');
}
