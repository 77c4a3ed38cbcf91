/** The settings tables as a JSON Schema, for editors that check `clew.yaml`. */
import { expectation, type Setting } from './setting.ts';

const DURATION = '^(\\d+(\\.\\d+)?(ns|us|µs|ms|s|m|h|d)?)+$';
const SIZE = '^\\d+(\\.\\d+)?\\s*([KMGT]i?B|B)?$';

type Schema = Record<string, unknown>;

/** Dotted keys become nested objects; every key is also allowed dotted at the top. */
export function jsonSchema(table: readonly Setting[]): Schema {
  const root: Schema = object();
  for (const setting of table) {
    const parts = setting.key.split('.');
    let at = root;
    for (const part of parts.slice(0, -1)) {
      const properties = at['properties'] as Record<string, Schema>;
      properties[part] ??= object();
      at = properties[part];
    }
    const leaf = property(setting);
    (at['properties'] as Record<string, Schema>)[parts.at(-1) as string] = leaf;
    (root['properties'] as Record<string, Schema>)[setting.key] = leaf;
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'clew.yaml',
    ...root,
  };
}

function object(): Schema {
  return { type: 'object', additionalProperties: false, properties: {} };
}

function property(setting: Setting): Schema {
  return {
    ...typeOf(setting),
    default: setting.default,
    description: `${setting.says} (${expectation(setting)})`,
  };
}

function typeOf({ type, choices, min, max }: Setting): Schema {
  const bounds = {
    ...(min === undefined ? {} : { minimum: min }),
    ...(max === undefined ? {} : { maximum: max }),
  };
  switch (type) {
    case 'int':
      return { type: 'integer', ...bounds };
    case 'bool':
      return { type: 'boolean' };
    case 'choice':
      return { enum: choices ?? [] };
    case 'duration':
      return { anyOf: [{ type: 'string', pattern: DURATION }, { type: 'number' }] };
    case 'bytes':
      return { anyOf: [{ type: 'string', pattern: SIZE }, { type: 'integer' }] };
    case 'listen':
      return { type: ['string', 'integer', 'boolean'] };
    case 'string':
      return { type: 'string' };
  }
}
