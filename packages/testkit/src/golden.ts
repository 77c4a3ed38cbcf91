/**
 * Golden cases: what goes in and what must come out, in one file that fits on a screen.
 *
 *     # What the case shows.
 *     traces
 *       t1  frontend  GET /checkout  0ms 2100ms  server
 *     ask
 *       { name = "GET /checkout" }
 *     rows
 *       t1  frontend  GET /checkout
 *
 * A block is a name on a line of its own and the indented lines below it. Blocks before the first expectation are given;
 * everything below is rewritten under UPDATE=1, so an expectation is never typed.
 *
 * Never knows: what the blocks mean.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

export type GoldenCase = {
  readonly path: string;
  /** File name without its ending. */
  readonly name: string;
  /** The comment at the top. */
  readonly shows: string;
  readonly blocks: ReadonlyMap<string, string>;
  readonly text: string;
};

/** All `.case` files below a folder, by path. */
export function readCases(folder: string): GoldenCase[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.case'))
    .sort()
    .map((path) => readCase(join(folder, path)));
}

function readCase(path: string): GoldenCase {
  const text = readFileSync(path, 'utf8');
  const comment = text.split('\n').filter((line) => line.startsWith('#'));
  const shows = comment.map((line) => line.replace(/^# ?/, '')).join(' ');
  return { path, name: basename(path, '.case'), shows, blocks: readBlocks(text), text };
}

function readBlocks(text: string): Map<string, string> {
  const blocks = new Map<string, string>();
  let name = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) continue;
    const isName = /^\S/.test(line);
    if (isName) name = line.trim();
    if (name === '') continue;
    blocks.set(name, isName ? '' : `${blocks.get(name)}${line.replace(/^ {2}/, '')}\n`);
  }
  for (const [key, value] of blocks) blocks.set(key, value.trimEnd());
  return blocks;
}

/** The text of a case with these expectations in place of its own. */
export function withExpected(
  given: GoldenCase,
  expected: Readonly<Record<string, string>>,
): string {
  const kept = [...given.blocks].filter(([name]) => !(name in expected));
  const comment = given.text.split('\n').filter((line) => line.startsWith('#'));
  const blocks = [...kept, ...Object.entries(expected)].map(
    ([name, text]) => `${name}\n${text.replaceAll(/^(?=.)/gm, '  ')}`,
  );
  return `${[...comment, ...blocks].join('\n')}\n`;
}

/**
 * Compares a case with what came out, or under UPDATE=1 rewrites its file.
 * @param compare an assertion of the test runner, which shows the difference
 */
export function checkCase(
  given: GoldenCase,
  expected: Readonly<Record<string, string>>,
  compare: (found: string, wanted: string) => void,
): void {
  const found = withExpected(given, expected);
  if (process.env['UPDATE'] === '1') writeFileSync(given.path, found);
  else compare(found, given.text);
}
