import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FLOORS, violations } from './floors.ts';

const packagesDir = fileURLToPath(new URL('../..', import.meta.url));

describe('the floors of this repository', () => {
  it('hold: every import is on an edge of the table', () => {
    expect(violations(packagesDir)).toEqual([]);
  });

  it('point downwards only', () => {
    for (const [name, { floor, mayImport }] of Object.entries(FLOORS)) {
      for (const lower of mayImport.filter((sibling) => sibling in FLOORS)) {
        expect(FLOORS[lower]?.floor, `${name} → ${lower}`).toBeLessThan(floor);
      }
    }
  });
});

describe('the walk of imports', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'clew-floors-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const write = (name: string, file: string, text: string) => {
    mkdirSync(join(dir, name, 'src'), { recursive: true });
    writeFileSync(join(dir, name, 'package.json'), '{}');
    writeFileSync(join(dir, name, 'src', file), text);
  };

  it.each([
    ['an upward edge', 'wire', "import { x } from '@clew/store';", 'wire may not import store'],
    ['a multi-line import', 'query', "import {\n  a,\n  b,\n} from '@clew/collector';", 'may not'],
    ['a re-export', 'traceql', "export * from '@clew/wire';", 'traceql may not import wire'],
    ['a dynamic import', 'api', "await import('@clew/collector');", 'may not import collector'],
    ['a node module in a pure package', 'wire', "import { x } from 'node:fs';", 'wire is pure'],
    ['a clock in a pure package', 'wire', 'const now = Date.now();', 'reads a clock'],
    ['a value where only types may pass', 'web', "import { x } from '@clew/api';", 'only types'],
    ['the driver outside store', 'query', "import { x } from 'chdb';", 'only store'],
    ['SQL text outside its home', 'collector', "const q = 'select 1 from t';", 'holds SQL text'],
    ['a package without a floor', 'attic', 'export {};', 'has no floor'],
  ])('reports %s', (_what, name, text, message) => {
    write(name, 'index.ts', text);
    expect(violations(dir)).toEqual([expect.stringContaining(message)]);
  });

  it('lets types of a named package pass', () => {
    write('web', 'index.ts', "import type { Status } from '@clew/api';");
    expect(violations(dir)).toEqual([]);
  });

  it('finds the decoder behind a package in between', () => {
    write('collector', 'index.ts', "import { t } from '@clew/translate';");
    write('translate', 'index.ts', "export { d } from '@clew/wire/decode';");
    expect(violations(dir)).toEqual([expect.stringContaining('collector reaches')]);
  });
});
