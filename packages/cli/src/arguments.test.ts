import { describe, expect, it } from 'vitest';
import { readArguments } from './arguments.ts';
import { CliError } from './cli-error.ts';
import type { Command } from './command.ts';
import type { Setting } from './settings/setting.ts';

const command: Command = {
  name: 'search',
  says: 'find traces',
  usage: '[--service NAME]',
  positionalsMax: 1,
  flags: [
    { key: 'service', type: 'string', default: '', says: 'of this service' },
    { key: 'attr', type: 'string', default: '', isRepeatable: true, says: 'an attribute' },
    { key: 'min_duration', type: 'duration', default: '', says: 'at least' },
    { key: 'limit', type: 'int', default: 20, min: 1, max: 1000, says: 'at most' },
    { key: 'json', type: 'bool', default: false, says: 'JSON' },
  ],
  examples: [],
  run: async () => 0,
};

const server: readonly Setting[] = [
  { key: 'listen.ui', type: 'listen', default: 'off', says: 'the UI' },
  { key: 'spool.seal_after', type: 'duration', default: 1, says: 'age' },
];

const read = (argv: string[], env: Record<string, string> = {}) =>
  readArguments(command, argv, env, server);

function messageOf(argv: string[]): string {
  try {
    read(argv);
  } catch (error) {
    expect(error).toBeInstanceOf(CliError);
    expect((error as CliError).exitCode).toBe(2);
    return (error as CliError).message;
  }
  throw new Error('no error');
}

describe('arguments', () => {
  it('reads flags in every usual form', () => {
    const { values, lists, positionals } = read([
      '--service=cart',
      '--min-duration',
      '1.5s',
      '--attr',
      'a=1',
      '--attr=b>=2',
      '--json',
      'id',
    ]);
    expect(values).toEqual({ service: 'cart', min_duration: 1500, limit: 20, json: true });
    expect(lists).toEqual({ attr: ['a=1', 'b>=2'] });
    expect(positionals).toEqual(['id']);
  });

  it('takes dashes and underscores, --no-… and =false', () => {
    expect(read(['--min_duration', '2s']).values['min_duration']).toBe(2000);
    expect(read(['--json', '--no-json']).values['json']).toBe(false);
    expect(read(['--json=false']).values['json']).toBe(false);
  });

  it('hands over server settings unread, under their key', () => {
    const { serverFlags } = read(['--listen.ui', 'off', '--spool.seal-after=2s']);
    expect([...serverFlags]).toEqual([
      ['listen.ui', 'off'],
      ['spool.seal_after', '2s'],
    ]);
  });

  it('falls back to the environment, and flags win', () => {
    expect(read([], { CLEW_SERVICE: 'cart' }).values['service']).toBe('cart');
    expect(read(['--service', 'x'], { CLEW_SERVICE: 'cart' }).values['service']).toBe('x');
  });

  it('takes - and what follows -- as positionals', () => {
    expect(read(['-']).positionals).toEqual(['-']);
    expect(read(['--', '--service']).positionals).toEqual(['--service']);
  });

  it('names all mistakes at once', () => {
    expect(messageOf(['--servce', 'x', '--limit', '0', '--min-duration', 'soon'])).toBe(
      [
        'unknown flag --servce; the nearest known one is --service',
        'unexpected argument x; usage: clew search [--service NAME]',
        'bad value for --min-duration: found "soon", expected a duration such as 100ms, 1.5s, 30m or 24h',
        'bad value for --limit: found "0", expected a whole number from 1 to 1000',
      ]
        .filter((line) => !line.startsWith('unexpected'))
        .join('\n'),
    );
  });

  it('says when a value is missing or there is too much', () => {
    expect(messageOf(['--service'])).toBe('flag --service needs a value');
    expect(messageOf(['a', 'b', 'c'])).toContain('unexpected argument b c');
    expect(messageOf(['--lissten.ui', 'off'])).toContain('the nearest known one is --listen.ui');
    expect(messageOf(['-x'])).toContain('unknown flag -x');
  });
});
