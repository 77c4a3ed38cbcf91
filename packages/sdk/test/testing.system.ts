/** `@clew/sdk/testing` in node:test, as a test file of an application would use it. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const SOURCE = `
import test from 'node:test';
import { withSpan } from '@clew/sdk';
import { collectSpans } from '@clew/sdk/testing';
test('passes', async () => {
  const spans = await collectSpans(() => withSpan('a', () => withSpan('b', () => 1)));
  spans.hasShape('a\\n  b');
});
test('fails', async () => {
  const spans = await collectSpans(() => withSpan('a', () => withSpan('b', () => 1)));
  spans.hasShape('a\\n  c');
});
`;

it('node:test prints the diff of the trees', async () => {
  // Inside the package, so that its name resolves as it does for a dependant.
  const folder = mkdtempSync(join(import.meta.dirname, 'node-test-'));
  const file = join(folder, 'order.test.mjs');
  writeFileSync(file, SOURCE);
  const env = { ...process.env };
  delete env['NODE_TEST_CONTEXT'];
  const said = await new Promise<string>((resolve) =>
    execFile(process.execPath, ['--test', '--test-reporter=tap', file], { env }, (_, out) =>
      resolve(out),
    ),
  );
  rmSync(folder, { recursive: true });
  expect(said).toMatch('# pass 1');
  expect(said).toMatch('# fail 1');
  expect(said).toMatch('-   c');
  expect(said).toMatch('+   b');
});
