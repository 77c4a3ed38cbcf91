/**
 * `clew settings`: every setting with its value and where that came from, or the JSON schema.
 */
import { type Command, jsonFlag } from '../command.ts';
import { configFlag, serverSettings } from '../server-settings.ts';
import { jsonSchema } from '../settings/json-schema.ts';
import type { Setting, SettingValue } from '../settings/setting.ts';
import { printBytes, printDuration } from '../settings/units.ts';
import { table } from '../terminal/table.ts';

export const command: Command = {
  name: 'settings',
  says: 'print the settings in force, or their JSON schema',
  usage: '[--json-schema]',
  positionalsMax: 0,
  flags: [
    configFlag,
    {
      key: 'json_schema',
      type: 'bool',
      default: false,
      says: 'print a JSON Schema of clew.yaml, for editors and checks',
    },
    jsonFlag,
  ],
  serverSettings: async () => (await import('../settings.ts')).settingsTable,
  examples: [
    ['clew settings', 'what a `clew serve` here and now would use'],
    ['clew settings --json-schema > clew.schema.json', 'for editors'],
  ],
  run: async (args, terminal) => {
    const { settingsTable } = await import('../settings.ts');
    if (args.values['json_schema'] === true) {
      terminal.out(`${JSON.stringify(jsonSchema(settingsTable), null, 2)}\n`);
      return 0;
    }
    const { values, from, warnings } = await serverSettings(args, terminal.env);
    for (const warning of warnings) terminal.err(`${terminal.errStyle.yellow('!')} ${warning}\n`);
    const rows = settingsTable.map((setting) => ({
      key: setting.key,
      value: shown(setting, values[setting.key] as SettingValue),
      from: from[setting.key] ?? 'default',
    }));
    if (args.values['json'] === true) {
      const entries = rows.map((row) => [
        row.key,
        { value: jsonValue(row, values), from: row.from },
      ]);
      terminal.out(`${JSON.stringify(Object.fromEntries(entries))}\n`);
      return 0;
    }
    const { style } = terminal;
    const columns = [
      { title: 'setting', text: (row: Row) => row.key },
      { title: 'value', text: (row: Row) => row.value, isFlexible: true },
      {
        title: 'from',
        text: (row: Row) => row.from,
        paint: (row: Row, text: string) =>
          row.from === 'default' ? style.dim(text) : style.accent(text),
      },
    ];
    terminal.out(table(columns, rows, terminal.width, style));
    return 0;
  },
};

interface Row {
  readonly key: string;
  readonly value: string;
  readonly from: string;
}

const HIDDEN = '•••';

/** A password is never printed, not even for programs. */
function jsonValue(row: Row, values: Readonly<Record<string, SettingValue>>) {
  return row.value === HIDDEN ? HIDDEN : values[row.key];
}

function shown({ key, type, isSecret, default: unset }: Setting, value: SettingValue): string {
  if ((isSecret || key.endsWith('password')) && value !== unset) return HIDDEN;
  if (type === 'bytes') return printBytes(Number(value));
  if (type === 'duration') return printDuration(Number(value));
  return String(value);
}
