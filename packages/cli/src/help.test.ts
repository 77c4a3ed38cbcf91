import { describe, expect, it } from 'vitest';
import type { Command } from './command.ts';
import { commands } from './commands/table.ts';
import { commandHelp, programHelp } from './help.ts';
import type { Setting } from './settings/setting.ts';
import { settingsTable } from './settings.ts';

const command: Command = {
  name: 'send',
  says: 'send OTLP files',
  usage: 'FILE… [--to URL]',
  positionalsMax: 9,
  flags: [
    { key: 'to', type: 'string', default: 'http://x:4318', valueName: 'URL', says: 'the address' },
    { key: 'request_bytes', type: 'bytes', default: 4_194_304, says: 'largest request' },
    { key: 'json', type: 'bool', default: false, says: 'print JSON' },
  ],
  examples: [['clew send a.pb', 'one file']],
  run: async () => 0,
};

const table: readonly Setting[] = [
  { key: 'data_dir', type: 'string', default: 'data', says: 'the folder' },
  {
    key: 'spool.sync',
    type: 'choice',
    choices: ['always', 'never'],
    default: 'never',
    says: 'when acknowledged bytes reach the disk, which is a sentence that has to be wrapped',
  },
];

describe('help', () => {
  it('is made from the tables', () => {
    expect(`\n${commandHelp(command, table, 60)}`).toMatchInlineSnapshot(`
      "
      clew send: send OTLP files

      usage
        clew send FILE… [--to URL]

      flags
        --to URL
            the address
            default http://x:4318
        --request-bytes SIZE
            largest request
            default 4MiB
        --json
            print JSON

      settings (each is a flag, an environment variable and a key of clew.yaml)
        --data-dir TEXT
            the folder
            default data · CLEW_DATA_DIR
        --spool.sync always|never
            when acknowledged bytes reach the disk, which is a
            sentence that has to be wrapped
            default never · CLEW_SPOOL_SYNC

      examples
        clew send a.pb
            one file
      "
    `);
  });

  it('lists the commands', () => {
    expect(`\n${programHelp(commands)}`).toMatchInlineSnapshot(`
      "
      clew: a complete distributed tracing system

      usage
        clew [COMMAND] [--flag value …]     without a command: serve

      commands
        serve     receive, keep and show traces (the default command)
        demo      run a small shop of five real services that sends traces
        send      send files of spans (OTLP, Zipkin or Jaeger JSON; gzip, zstd), once or as load
        export    write traces to a file: OTLP, Zipkin or Jaeger JSON
        trace     print one trace as a waterfall
        search    find traces or spans
        query     ask in TraceQL
        sql       ask in SQL
        mcp       let agents ask: the MCP server on standard input and output
        doctor    check this machine and the data directory, and say what to do
        settings  print the settings in force, or their JSON schema

      \`clew COMMAND --help\` describes one command; \`clew --version\` prints the version.
      "
    `);
  });
});

describe('the tables', () => {
  it('name every setting once, with a sentence and a default that is valid', async () => {
    const keys = settingsTable.map((setting) => setting.key);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { key, says } of settingsTable) expect(says, key).not.toBe('');
    const { parseSetting } = await import('./settings/setting.ts');
    for (const setting of settingsTable) {
      expect(parseSetting(setting, setting.default).ok, setting.key).toBe(true);
    }
  });

  it('describe every command by its own name and sentence', async () => {
    for (const row of commands) {
      const { command: loaded } = await row.load();
      expect(loaded.name).toBe(row.name);
      expect(row.says.startsWith(loaded.says)).toBe(true);
      for (const flag of loaded.flags)
        expect(settingsTable.some(({ key }) => key === flag.key)).toBe(false);
    }
  });
});
