/**
 * Writes docs/reference from the tables in the code: settings, errors, limits, metrics, the API.
 *
 *   node scripts/docs.mjs           rewrite
 *   node scripts/docs.mjs --check   fail when a page differs from its table
 *
 * Reads built packages, so run it through `npm run docs`.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const isCheck = process.argv.includes('--check');
const built = (name, file = 'index') => import(join(root, `packages/${name}/dist/${file}.js`));
const NOTE = '<!-- Written by `npm run docs` from the tables in the code: change those. -->\n';

const [collector, api, cli] = await Promise.all([
  built('collector'),
  built('api'),
  built('cli', 'settings'),
]);

const pages = {
  'settings.md': settingsPage(cli.settingsTable),
  'errors.md': errorsPage(),
  'limits.md': limitsPage(['collector', 'api']),
  'metrics.md': metricsPage(),
  'api.md': apiPage(await api.openApiDocument()),
};

let stale = 0;
mkdirSync(join(root, 'docs/reference'), { recursive: true });
for (const [file, text] of Object.entries(pages)) {
  const path = join(root, 'docs/reference', file);
  const now = existsSync(path) ? readFileSync(path, 'utf8') : '';
  if (now === text) continue;
  if (isCheck) {
    stale += 1;
    process.stderr.write(`docs/reference/${file} differs from its table: run npm run docs\n`);
  } else writeFileSync(path, text);
}
process.exitCode = stale > 0 ? 1 : 0;

function settingsPage(settings) {
  const heads = ['key', 'type', 'default', 'from – to', 'what it does'];
  const rowsOf = (list) =>
    list.map((setting) => [
      `\`${setting.key}\``,
      setting.type === 'choice' ? setting.choices.join(' · ') : setting.type,
      `\`${shown(setting)}\``,
      range(setting),
      setting.says,
    ]);
  const lists = settings
    .filter(({ items }) => items !== undefined)
    .map(({ key, items }) => `\n\n## ${key}\n\nOf each entry:\n\n${table(heads, rowsOf(items))}`);
  return page(
    'Settings',
    'Each is a key of `clew.yaml`, a flag (`--spool.sync always`) and an environment variable (`CLEW_SPOOL_SYNC`); flags win over the environment, the environment over the file. An unknown key or a bad value is an error at start.',
    table(heads, rowsOf(settings)) + lists.join(''),
  );
}

function errorsPage() {
  const collected = Object.entries(collector.errors).map(([code, { says, help }]) => [
    `\`${code}\``,
    says,
    help,
  ]);
  const asked = Object.entries(api.errors).map(([code, { status, says, help }]) => [
    `\`${code}\``,
    String(status),
    says,
    help,
  ]);
  return page(
    'Errors',
    'Words in braces are filled in.',
    `## Ingest\n\n${table(['code', 'says', 'what to do'], collected)}\n\n## API\n\nAs \`{ "error": { "code", "message", "hint", "requestId" } }\`.\n\n${table(['code', 'status', 'says', 'what to do'], asked)}`,
  );
}

/** The reasons stand as comments beside the numbers, so the page is read from the source. */
function limitsPage(names) {
  const sections = names.map((name) => {
    const source = readFileSync(join(root, `packages/${name}/src/limits.ts`), 'utf8');
    const values = { collector, api }[name].limits;
    const reasons = reasonsOf(source);
    const rows = Object.entries(values).map(([key, value]) => [
      `\`${key}\``,
      number(value),
      reasons[key] ?? '',
    ]);
    return `## ${name}\n\n${table(['limit', 'value', 'why'], rows)}`;
  });
  return page(
    'Limits',
    'Bounds that no operator needs to set. What can be set is in [settings](settings.md).',
    sections.join('\n\n'),
  );
}

function reasonsOf(source) {
  const reasons = {};
  for (const [, comment, key] of source.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(\w+):/g)) {
    reasons[key] = comment.replace(/\s*\*\s*/g, ' ').trim();
  }
  return reasons;
}

function metricsPage() {
  const rows = [...collector.collectorMetrics, ...(api.apiMetrics ?? [])].map((metric) => [
    `\`${metric.name}\``,
    metric.type ?? metric.kind ?? '',
    (metric.labels ?? (metric.label ? [metric.label] : []))
      .map((label) => `\`${label}\``)
      .join(' '),
    metric.says ?? metric.help ?? '',
  ]);
  return page(
    'Metrics',
    'At `/metrics` of the UI listener, as Prometheus text.',
    table(['metric', 'kind', 'labels', 'says'], rows),
  );
}

function apiPage(document) {
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, route]) => [
      `\`${method.toUpperCase()} ${path}\``,
      route.summary ?? '',
      (route.parameters ?? []).map(({ name }) => `\`${name}\``).join(' '),
    ]),
  );
  return page(
    'Native API',
    'On the UI listener. Types are in `/api/v1/openapi.json`.',
    table(['route', 'answers', 'parameters'], routes),
  );
}

function page(title, intro, body) {
  return `# ${title}\n\n${NOTE}\n${intro}\n\n${body}\n`;
}

function table(heads, rows) {
  const line = (cells) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

function shown({ type, default: value }) {
  if (value === '') return '""';
  if (type === 'bytes') return bytes(value);
  return type === 'duration' ? duration(value) : String(value);
}

function range({ type, min, max }) {
  if (min === undefined && max === undefined) return '';
  const show = (value) => (value === undefined ? '' : shown({ type, default: value }));
  return `${show(min)} – ${show(max)}`;
}

function bytes(value) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  let rest = value;
  while (rest >= 1024 && rest % 1024 === 0 && unit < units.length - 1) {
    rest /= 1024;
    unit += 1;
  }
  return `${rest} ${units[unit]}`;
}

function duration(ms) {
  if (ms !== 0 && ms % 3_600_000 === 0) return `${ms / 3_600_000}h`;
  if (ms !== 0 && ms % 60_000 === 0) return `${ms / 60_000}m`;
  return ms !== 0 && ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

function number(value) {
  return typeof value === 'number' ? value.toLocaleString('en') : String(value);
}
