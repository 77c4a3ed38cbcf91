/** The settings tables as a JSON Schema, for editors that check `clew.yaml`. */
import { expectation, type Setting } from './setting.ts';

const DURATION = '^(\\d+(\\.\\d+)?(ns|us|µs|ms|s|m|h|d)?)+$';
const SIZE = '^\\d+(\\.\\d+)?\\s*([KMGT]i?B|B)?$';

type Schema = Record<string, unknown>;

/** Dotted keys become nested objects; every key is also allowed dotted at the top. */
export function jsonSchema(table: readonly Setting[]): Schema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'clew.yaml',
    ...nested(table),
  };
}

function nested(table: readonly Setting[]): Schema {
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
  return root;
}

function object(): Schema {
  return { type: 'object', additionalProperties: false, properties: {} };
}

function property(setting: Setting): Schema {
  return {
    ...typeOf(setting),
    default: defaultOf(setting),
    description: `${setting.says} (${expectation(setting)})`,
  };
}

/** Compound values travel as JSON text; in the schema they are what they stand for. */
function defaultOf({ type, default: value }: Setting): unknown {
  return type === 'list' || type === 'map' ? JSON.parse(String(value)) : value;
}

function typeOf({ type, choices, min, max, items = [] }: Setting): Schema {
  const bounds = {
    ...(min === undefined ? {} : { minimum: min }),
    ...(max === undefined ? {} : { maximum: max }),
  };
  switch (type) {
    case 'int':
      return { type: 'integer', ...bounds };
    case 'number':
      return { type: 'number', ...bounds };
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
    case 'map':
      return { type: ['object', 'string'], additionalProperties: { type: 'string' } };
    case 'list':
      return { type: 'array', items: nested(items) };
  }
}
