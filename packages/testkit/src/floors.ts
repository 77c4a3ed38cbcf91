/**
 * The floors: which package may import which, and what each may reach outside.
 *
 * The tables are the contract of ARCHITECTURE.md; `violations` walks the sources and answers every
 * import that is not on them. A package that is not in the table is a violation of its own.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Floor {
  readonly floor: number;
  readonly mayImport: readonly string[];
  /** Packages of which only types may be imported. */
  readonly typesOf?: readonly string[];
  /** Pure: no `node:` module, no clock, no I/O. */
  readonly isPure?: boolean;
  readonly why: string;
}

export const FLOORS: Readonly<Record<string, Floor>> = {
  wire: { floor: 0, mayImport: [], isPure: true, why: 'bytes need nothing' },
  traceql: { floor: 0, mayImport: [], isPure: true, why: 'a language needs nothing' },
  sdk: { floor: 1, mayImport: ['wire'], why: 'spans are encoded straight to bytes' },
  translate: { floor: 1, mayImport: ['wire'], isPure: true, why: 'foreign bytes to OTLP bytes' },
  store: { floor: 1, mayImport: [], why: 'the engine knows tables, not protocols' },
  collector: {
    floor: 2,
    mayImport: ['wire', 'translate', 'store'],
    why: 'bytes in, segments to the engine; never a question',
  },
  query: { floor: 2, mayImport: ['traceql', 'store'], why: 'a question becomes a statement' },
  settle: { floor: 3, mayImport: ['query', 'store'], why: 'whole traces, from stored spans' },
  api: {
    floor: 3,
    mayImport: ['query', 'wire'],
    typesOf: ['settle'],
    why: 'faces speak to query, never to the engine or the collector',
  },
  web: { floor: 3, mayImport: ['traceql'], typesOf: ['api'], why: 'the screen speaks HTTP' },
  cli: {
    floor: 4,
    mayImport: [
      'wire',
      'traceql',
      'sdk',
      'translate',
      'store',
      'collector',
      'query',
      'settle',
      'api',
      'web',
      'shop',
    ],
    why: 'the composition root',
  },
  testkit: { floor: 5, mayImport: ['wire', 'traceql', 'store', 'query'], why: 'tests only' },
};

/** Who may import a driver, a framework or another thing that must stay in one place. */
const OUTSIDE: readonly { readonly module: RegExp; readonly only: readonly string[] }[] = [
  { module: /^(chdb|@clickhouse\/)/, only: ['store'] },
  { module: /^@grpc\//, only: ['collector', 'api', 'sdk'] },
  { module: /^(fastify|@fastify\/)/, only: ['api'] },
  { module: /^react/, only: ['web'] },
];

/** Entries that one package must not reach at any distance, re-exports included. */
const NEVER_REACHES: readonly { readonly from: string; readonly entry: string }[] = [
  { from: 'collector', entry: '@clew/wire/decode' },
];

export interface ImportSite {
  readonly package: string;
  readonly file: string;
  readonly specifier: string;
  readonly isTypeOnly: boolean;
}

/** Every import, export-from and dynamic import in a package's sources (tests left out). */
export function importSites(packagesDir: string, name: string): ImportSite[] {
  return sourceFiles(join(packagesDir, name, 'src')).flatMap((file) =>
    importsOf(readFileSync(file, 'utf8')).map((found) => ({ package: name, file, ...found })),
  );
}

/** Answers one sentence per violation; an empty list means the floors hold. */
export function violations(packagesDir: string): string[] {
  const names = readdirSync(packagesDir).filter((name) =>
    existsSync(join(packagesDir, name, 'package.json')),
  );
  const unknown = names
    .filter((name) => !(name in FLOORS))
    .map((name) => `packages/${name} has no floor: add it to FLOORS with its reason`);
  const known = names.filter((name) => name in FLOORS);
  const sites = known.flatMap((name) => importSites(packagesDir, name));
  return [
    ...unknown,
    ...sites.flatMap(siteViolations),
    ...clockViolations(packagesDir, known),
    ...sqlViolations(packagesDir, known),
    ...reachViolations(sites),
  ];
}

function siteViolations(site: ImportSite): string[] {
  const floor = FLOORS[site.package] as Floor;
  const say = (why: string) => [`${site.file} imports ${site.specifier}: ${why}`];
  const sibling = /^@clew\/([a-z]+)/.exec(site.specifier)?.[1];
  if (sibling !== undefined && sibling !== site.package) {
    if (floor.mayImport.includes(sibling)) return [];
    if (floor.typesOf?.includes(sibling)) {
      return site.isTypeOnly ? [] : say(`only types of ${sibling} may be imported (${floor.why})`);
    }
    return say(`${site.package} may not import ${sibling} (${floor.why})`);
  }
  if (site.specifier.startsWith('node:') && floor.isPure) {
    return say(`${site.package} is pure`);
  }
  if (/^\.\.?\/(.*\/)?\.\.\/[a-z]+\/src\//.test(site.specifier)) {
    return say('reach a sibling by its package name');
  }
  const outside = OUTSIDE.find(({ module }) => module.test(site.specifier));
  if (outside && site.package !== 'testkit' && !outside.only.includes(site.package)) {
    return say(`only ${outside.only.join(', ')} may import it`);
  }
  return [];
}

/** A pure package must be handed the time: no clock, no randomness of its own. */
function clockViolations(packagesDir: string, names: readonly string[]): string[] {
  const clock = /\b(Date\.now|new Date\(\)|performance\.now|Math\.random|setTimeout|setInterval)\b/;
  return names
    .filter((name) => FLOORS[name]?.isPure)
    .flatMap((name) => sourceFiles(join(packagesDir, name, 'src')))
    .filter((file) => clock.test(withoutComments(readFileSync(file, 'utf8'))))
    .map((file) => `${file} reads a clock or chance: pure packages are handed both`);
}

/** Files whose SQL is an example for people to type; it is sent to nobody from there. */
const SQL_FOR_PEOPLE = ['cli/src/commands/sql.ts'] as const;

/** SQL text lives in store and in query's printers; a statement in any other string is a leak. */
function sqlViolations(packagesDir: string, names: readonly string[]): string[] {
  const statement =
    /['"`]\s*(select\s[^'"`]*\sfrom\s|insert\s+into\s|alter\s+table\s|create\s+table\s)/i;
  return names
    .filter((name) => name !== 'store' && name !== 'testkit')
    .flatMap((name) => sourceFiles(join(packagesDir, name, 'src')))
    .filter((file) => !file.includes(join('query', 'src', 'sql')))
    .filter((file) => !SQL_FOR_PEOPLE.some((shown) => file.endsWith(join(...shown.split('/')))))
    .filter((file) => statement.test(withoutComments(readFileSync(file, 'utf8'))))
    .map((file) => `${file} holds SQL text: it belongs to store/sql or query/src/sql`);
}

/** Follows package edges (an entry stands for its package, sub-entries for themselves). */
function reachViolations(sites: readonly ImportSite[]): string[] {
  return NEVER_REACHES.flatMap(({ from, entry }) => {
    const seen = new Set<string>();
    const queue = [from];
    while (queue.length > 0) {
      const name = queue.pop() as string;
      if (seen.has(name)) continue;
      seen.add(name);
      for (const site of sites.filter((candidate) => candidate.package === name)) {
        if (site.isTypeOnly) continue;
        if (site.specifier === entry) return [`${from} reaches ${entry} through ${site.file}`];
        const next = /^@clew\/([a-z]+)$/.exec(site.specifier)?.[1];
        if (next !== undefined) queue.push(next);
      }
    }
    return [];
  });
}

const IMPORT =
  /(?:^|[;\n])\s*(?:import|export)\s+(type\s+)?(?:[\w*{}\s,$]+\s+from\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

function importsOf(text: string): { specifier: string; isTypeOnly: boolean }[] {
  return [...withoutComments(text).matchAll(IMPORT)].map((match) => ({
    specifier: (match[2] ?? match[3]) as string,
    isTypeOnly: match[1] !== undefined,
  }));
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

function sourceFiles(dir: string): string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|tsx)$/.test(entry.name))
    .filter((entry) => !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}
