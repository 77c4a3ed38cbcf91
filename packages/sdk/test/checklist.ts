/**
 * The requirements of the specification's trace part, and which test holds which: a test's title, or
 * a row's title in a table of tests, begins with the names of the rows that it holds.
 * Never knows: what a requirement means.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Requirement {
  readonly id: string;
  /** M must, S should, o optional, D in development, c convention; two are joined by a slash. */
  readonly level: string;
  readonly says: string;
  /** `file › title`, of every test that names it. */
  readonly tests: readonly string[];
}

const PACKAGE = join(import.meta.dirname, '..');
const SECTIONS: Readonly<Record<string, string>> = {
  A: 'Provider and tracer',
  B: 'Creation of spans',
  C: 'Operations on spans',
  D: 'Limits',
  E: 'Sampling',
  F: 'Ids',
  G: 'Processors',
  H: 'Exporters',
  I: 'OTLP',
  J: 'Resource',
  K: 'Propagation',
  L: 'Environment',
  M: 'Context, diagnostics, the rest',
};

/** Rows that have no test because there is nothing to test, with the reason. */
const ABSENT: Readonly<Record<string, string>> = {
  J8: 'not there: entities are in development and nothing in Clew reads them',
  L13: 'not there: the declarative file is in development; a warning says so when it is named',
};

export function requirements(): Requirement[] {
  const titles = titlesByRow();
  return readFileSync(join(PACKAGE, 'test/checklist.tsv'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [id = '', level = '', says = ''] = line.split('\t');
      return { id, level, says, tests: titles.get(id) ?? [] };
    });
}

export const isMust = ({ level }: Requirement): boolean => level.split('/').includes('M');

const TITLE = /(['"`])((?:[A-M]\d{1,2} )+)([^\n]*?)\1/g;

function titlesByRow(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const folder of ['src', 'test']) {
    const names = readdirSync(join(PACKAGE, folder), { recursive: true, encoding: 'utf8' });
    for (const name of names.filter((one) => /\.(test|system)\.ts$/.test(one)).sort()) {
      const text = readFileSync(join(PACKAGE, folder, name), 'utf8');
      for (const [, , ids = '', title] of text.matchAll(TITLE)) {
        for (const id of ids.trim().split(' ')) {
          found.set(id, [...(found.get(id) ?? []), `${name} › ${title}`]);
        }
      }
    }
  }
  return found;
}

/** The page: every row with its tests. */
export function checklistPage(): string {
  const rows = requirements();
  const held = rows.filter(({ tests }) => tests.length > 0).length;
  const musts = rows.filter(isMust);
  const lines = [
    '# What the specification asks, and the test that holds it',
    '',
    'Generated from the titles of tests by `UPDATE=1 npx vitest run --project unit packages/sdk/src/checklist`;',
    'a test keeps it so, and fails when a row that the specification marks as MUST has no test.',
    '',
    'Levels: M must · S should · o optional · D in development · c convention of the ecosystem.',
    '',
    `${held} of ${rows.length} rows are held by tests; of the ${musts.length} MUST rows, ` +
      `${musts.filter(({ tests }) => tests.length > 0).length}.`,
  ];
  for (const [letter, title] of Object.entries(SECTIONS)) {
    lines.push('', `## ${letter}. ${title}`, '', '| row | level | requirement | held by |');
    lines.push('|---|---|---|---|');
    for (const row of rows.filter(({ id }) => id.startsWith(letter))) lines.push(line(row));
  }
  return `${lines.join('\n')}\n`;
}

function line({ id, level, says, tests }: Requirement): string {
  const held = tests.length > 0 ? tests.map((test) => `✓ ${test}`).join('<br>') : ABSENT[id];
  const cell = (text: string) => text.replaceAll('|', '\\|');
  return `| ${id} | ${level} | ${cell(says)} | ${cell(held ?? 'no test')} |`;
}
