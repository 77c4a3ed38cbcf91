import { describe, expect, it } from 'vitest';
import { parseConfig } from './config-file.ts';
import { jsonSchema } from './json-schema.ts';
import { nearest } from './nearest.ts';
import { resolveSettings } from './resolve.ts';
import { parseSetting, type Setting, type SettingType } from './setting.ts';
import { parseBytes, parseDurationMs, printBytes, printDuration } from './units.ts';

const table: readonly Setting[] = [
  { key: 'data_dir', type: 'string', default: 'data', says: 'the folder' },
  { key: 'listen.ui', type: 'listen', default: '127.0.0.1:16686', says: 'the UI' },
  { key: 'spool.sync', type: 'choice', choices: ['always', 'never'], default: 'never', says: '' },
  { key: 'spool.segment_bytes', type: 'bytes', default: 1024, min: 512, says: 'a segment' },
  { key: 'spool.seal_after', type: 'duration', default: 1000, min: 10, max: 5000, says: 'age' },
];

describe('units', () => {
  it.each([
    ['100ms', 100],
    ['1.5s', 1500],
    ['24h', 86_400_000],
    ['1h30m', 5_400_000],
    ['1h 30m', 5_400_000],
    ['250', 250],
    ['0', 0],
    ['7d', 604_800_000],
    ['20us', 0.02],
  ])('reads the duration %s', (text, ms) => expect(parseDurationMs(text)).toBeCloseTo(ms, 9));

  it.each(['', 'fast', '10 apples', '-5s', '1s2', 's', '1..5s', 'NaN'])(
    'refuses the duration %j',
    (text) => expect(parseDurationMs(text)).toBeUndefined(),
  );

  it.each([
    ['16MiB', 16_777_216],
    ['16 mib', 16_777_216],
    ['1.5KiB', 1536],
    ['2GB', 2e9],
    ['1_000', 1000],
    ['64k', undefined],
    ['', undefined],
    ['-1', undefined],
    ['9999999TiB', undefined],
  ])('reads the size %j as %j', (text, bytes) => expect(parseBytes(text)).toBe(bytes));

  it('prints what it reads', () => {
    expect([16_777_216, 1000, 0].map(printBytes)).toEqual(['16MiB', '1000', '0']);
    expect([86_400_000, 90_000, 100, 0].map(printDuration)).toEqual(['24h', '90s', '100ms', '0ms']);
  });
});

describe('values', () => {
  const read = (type: SettingType, raw: unknown) =>
    parseSetting({ key: 'x', type, default: '', choices: ['always', 'off'], says: '' }, raw);

  it.each<[SettingType, unknown, unknown]>([
    ['listen', '127.0.0.1:16687', '127.0.0.1:16687'],
    ['listen', '16687', '127.0.0.1:16687'],
    ['listen', 16_687, '127.0.0.1:16687'],
    ['listen', ':0', '127.0.0.1:0'],
    ['listen', '0.0.0.0:4317', '0.0.0.0:4317'],
    ['listen', '[::1]:4317', '[::1]:4317'],
    ['listen', 'off', 'off'],
    ['listen', false, 'off'],
    ['bool', 'on', true],
    ['bool', false, false],
    ['int', '4_096', 4096],
    ['choice', 'always', 'always'],
    ['string', 5, '5'],
  ])('reads %s %j', (type, raw, value) => expect(read(type, raw)).toEqual({ ok: true, value }));

  it.each<[SettingType, unknown]>([
    ['listen', 'localhost'],
    ['listen', '127.0.0.1:70000'],
    ['listen', 'http://x:1'],
    ['bool', 'maybe'],
    ['int', '1.5'],
    ['int', ''],
    ['choice', 'sometimes'],
    ['string', ['a']],
  ])('refuses %s %j', (type, raw) => expect(read(type, raw).ok).toBe(false));
});

describe('lists and tables', () => {
  const lists: readonly Setting[] = [
    { key: 'to.headers', type: 'map', default: '{}', isSecret: true, says: '' },
    {
      key: 'to.many',
      type: 'list',
      default: '[]',
      says: '',
      items: [
        { key: 'name', type: 'string', default: '', says: '' },
        { key: 'bytes_max', type: 'bytes', default: 1024, says: '' },
        { key: 'tls.ca', type: 'string', default: '', says: '' },
        { key: 'headers', type: 'map', default: '{}', says: '' },
      ],
    },
  ];
  const resolve = (yaml: string, env: Record<string, string> = {}) =>
    resolveSettings(lists, { flags: new Map(), env, file: parseConfig(yaml, 'clew.yaml') });
  const full = '[{"name":"a","bytes_max":2048,"tls.ca":"x","headers":"{\\"k\\":\\"v\\"}"}]';

  it('are read from the file as they stand there, with every default filled in', () => {
    const { values, problems } = resolve(
      'to:\n  headers:\n    authorization: Bearer x\n  many:\n    - name: a\n      bytes_max: 2KiB\n      tls: {ca: x}\n      headers: {k: v}\n',
    );
    expect(problems).toEqual([]);
    expect(values).toEqual({ 'to.headers': '{"authorization":"Bearer x"}', 'to.many': full });
  });

  it('are read from variables as text', () => {
    const { values } = resolve('', {
      CLEW_TO_HEADERS: 'authorization=Bearer%20x,k=a=b',
      CLEW_TO_MANY: '[{"name":"a","bytes_max":"2KiB","tls":{"ca":"x"},"headers":{"k":"v"}}]',
    });
    expect(values).toEqual({
      'to.headers': '{"authorization":"Bearer x","k":"a=b"}',
      'to.many': full,
    });
  });

  it.each([
    ['to.many: 5', 'a list of tables with the keys name, bytes_max, tls.ca, headers'],
    ['to.many: [{nam: a}]', 'in entry 1 one of .*, found nam; the nearest is name'],
    ['to.many: [{name: a}, {bytes_max: lots}]', 'in entry 2 bytes_max: a size such as'],
    ['to.many: [a]', 'in entry 1 found "a"'],
  ])('name what is wrong with %s', (yaml, words) => {
    expect(resolve(yaml).problems.join()).toMatch(new RegExp(words));
  });

  it('never repeat a secret', () => {
    expect(resolve('', { CLEW_TO_HEADERS: 'hunter2' }).problems.join()).not.toContain('hunter2');
  });
});

describe('nearest', () => {
  const known = ['spool.sync', 'spool.sync_interval', 'listen.ui', 'hot_window', 'query.rows_max'];
  it.each([
    ['spool.sink', 'spool.sync'],
    ['spool-sync', 'spool.sync'],
    ['listne.ui', 'listen.ui'],
    ['hot-windw', 'hot_window'],
    ['rows_max', 'query.rows_max'],
    ['frobnicate', undefined],
  ])('%s → %s', (name, likely) => expect(nearest(name, known)).toBe(likely));
});

describe('resolve', () => {
  const resolve = (
    flags: Record<string, unknown> = {},
    env: Record<string, string> = {},
    yaml = '',
  ) =>
    resolveSettings(table, {
      flags: new Map(Object.entries(flags)),
      env,
      file: parseConfig(yaml, 'clew.yaml'),
    });

  it('takes flag before environment before file before default', () => {
    const yaml = 'data_dir: from-file\nspool:\n  sync: always\n  seal_after: 2s\n';
    const env = { CLEW_DATA_DIR: 'from-env', CLEW_SPOOL_SEAL_AFTER: '3s' };
    const { values, from, problems } = resolve({ 'spool.seal_after': '4s' }, env, yaml);
    expect(problems).toEqual([]);
    expect(values).toEqual({
      data_dir: 'from-env',
      'listen.ui': '127.0.0.1:16686',
      'spool.sync': 'always',
      'spool.segment_bytes': 1024,
      'spool.seal_after': 4000,
    });
    expect(from).toEqual({
      data_dir: 'environment variable CLEW_DATA_DIR',
      'spool.sync': 'clew.yaml:3',
      'spool.seal_after': 'flag --spool.seal_after',
    });
  });

  it('reads dotted and nested keys alike, and treats an empty variable as unset', () => {
    const { values } = resolve({}, { CLEW_DATA_DIR: '' }, 'spool.sync: always\nlisten: {ui: off}');
    expect(values).toMatchObject({ data_dir: 'data', 'spool.sync': 'always', 'listen.ui': 'off' });
  });

  it('names every unknown key with its line and the nearest known one', () => {
    const { problems } = resolve({}, {}, 'data_dir: x\nspool:\n  sink: always\nfrobnicate: 1\n');
    expect(problems).toEqual([
      'unknown setting spool.sink (clew.yaml:3); the nearest known one is spool.sync',
      'unknown setting frobnicate (clew.yaml:4); `clew serve --help` lists all settings',
    ]);
  });

  it('names key, place, what was found and what was expected', () => {
    const { problems } = resolve({ 'spool.seal_after': '9s' }, { CLEW_SPOOL_SYNC: 'sometimes' });
    expect(problems).toEqual([
      'bad value for spool.sync (environment variable CLEW_SPOOL_SYNC): found "sometimes", expected one of always, never',
      'bad value for spool.seal_after (flag --spool.seal_after): found "9s", expected a duration such as 100ms, 1.5s, 30m or 24h from 10ms to 5s',
    ]);
  });

  it('warns about unknown variables, but not about those that Kubernetes sets', () => {
    const { warnings } = resolve(
      {},
      { CLEW_SPOL_SYNC: 'x', CLEW_SERVICE_HOST: '10.0.0.1', CLEW_PORT_80_TCP: 'x', OTHER: 'x' },
    );
    expect(warnings).toEqual([
      'environment variable CLEW_SPOL_SYNC is no setting and is ignored; the nearest known one is CLEW_SPOOL_SYNC',
    ]);
  });
});

describe('clew.yaml', () => {
  it('says what is wrong with a file that is no table', () => {
    expect(() => parseConfig('- a\n- b\n', 'clew.yaml')).toThrow(/must be a table of settings/);
    expect(() => parseConfig('a: [1\nb: 2', 'clew.yaml')).toThrow(/clew.yaml is no YAML: /);
    expect(() => parseConfig('a: 1\na: 2', 'clew.yaml')).toThrow(/clew.yaml is no YAML: .*unique/);
  });

  it('may be empty', () => expect(parseConfig('# nothing\n', 'clew.yaml').size).toBe(0));
});

describe('JSON schema', () => {
  it('nests dotted keys, allows them dotted too, and closes every level', () => {
    const schema = jsonSchema(table) as Record<string, Record<string, Record<string, unknown>>>;
    expect(schema['additionalProperties']).toBe(false);
    expect(Object.keys(schema['properties'] ?? {})).toEqual([
      'data_dir',
      'listen',
      'listen.ui',
      'spool',
      'spool.sync',
      'spool.segment_bytes',
      'spool.seal_after',
    ]);
    expect(schema['properties']?.['spool.sync']).toMatchObject({ enum: ['always', 'never'] });
  });
});
