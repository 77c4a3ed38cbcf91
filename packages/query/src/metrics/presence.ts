/**
 * A field as it really is stored in a range: of the names, scopes and types that it could have, those that spans use.
 *
 * To group by an attribute, every span's maps of all types are read, on the span and on its resource, under all its names;
 * nearly always all but one are never used. The catalogue says which are; since it is sampled, the others are looked for
 * in the spans before they are left out. On few spans that costs more than it saves.
 *
 * Never knows: SQL.
 */
import type { Attribute, Field } from '@clew/traceql';
import type { Ask } from '../ask.ts';
import type { TimeRange } from '../question.ts';
import type { MapType } from '../sql/columns.ts';
import { spanCountStatement } from '../sql/dependencies.ts';
import type { OperandType } from '../sql/operand.ts';
import { anyOfStatement, cataloguedTypesStatement, type MapOf } from '../sql/presence.ts';

export type StoredField = {
  readonly field: Field;
  /** Null: any. */
  readonly types: readonly OperandType[] | null;
};

/** Spans of a range from which it pays. */
const payingSpans = 300_000;

/** @param spansLeast fields of fewer spans are left as they are */
export async function storedFields(
  ask: Ask,
  range: TimeRange,
  fields: readonly Field[],
  spansLeast: number = payingSpans,
): Promise<readonly StoredField[]> {
  const asWritten = fields.map((field): StoredField => ({ field, types: null }));
  const attributes = fields.filter(canBeNarrowed);
  if (attributes.length === 0) return asWritten;
  const { tenant, run } = ask;
  const [count] = await run.rows<{ spans: number }>(spanCountStatement(tenant, range));
  if ((count?.spans ?? 0) < spansLeast) return asWritten;
  const names = [...new Set(attributes.flatMap(namesOf))];
  const rows = await run.rows<TypeRow>(cataloguedTypesStatement({ tenant, range }, names));
  const used = new Set(rows.map(({ scope, key, type }) => keyOf(scope, key, mapTypes[type])));
  const stored: StoredField[] = [];
  for (const one of asWritten) {
    stored.push(canBeNarrowed(one.field) ? await narrowed(ask, range, one.field, used) : one);
  }
  return stored;
}

type TypeRow = {
  readonly scope: 'span' | 'resource';
  readonly key: string;
  readonly type: keyof typeof mapTypes;
};

const mapTypes = {
  string: 'str',
  int: 'int',
  double: 'num',
  bool: 'bool',
  other: 'other',
} as const;

const operandTypes: Readonly<Record<Exclude<MapType, 'other'>, OperandType>> = {
  str: 'string',
  int: 'int',
  num: 'float',
  bool: 'boolean',
};

/** The service has a column of its own; arrays are read otherwise, and so are events and links. */
function canBeNarrowed(field: Field): field is Attribute {
  if (field.kind !== 'attribute' || field.name === 'service.name') return false;
  if (field.hasArrays) return false;
  return ['any', 'span', 'resource'].includes(field.scope);
}

function namesOf({ name, also = [] }: Attribute): readonly string[] {
  return [name, ...also.map((other) => other.name)];
}

function keyOf(scope: string, name: string, type: MapType): string {
  return `${scope} ${type} ${name}`;
}

async function narrowed(
  { run, tenant }: Ask,
  range: TimeRange,
  field: Attribute,
  used: ReadonlySet<string>,
): Promise<StoredField> {
  const scopes = field.scope === 'any' ? (['span', 'resource'] as const) : [field.scope as 'span'];
  const types = [...Object.values(mapTypes)];
  const all = scopes.flatMap((scope) =>
    namesOf(field).flatMap((name) => types.map((type): MapOf => ({ scope, name, type }))),
  );
  const isUsed = ({ scope, name, type }: MapOf) => used.has(keyOf(scope, name, type));
  const kept = all.filter(isUsed);
  const left = all.filter((map) => !isUsed(map));
  if (kept.length === 0 || left.length === 0) return { field, types: null };
  const found = await run.rows(anyOfStatement({ tenant, range }, left));
  return found.length > 0 ? { field, types: null } : storedAs(field, kept);
}

function storedAs(field: Attribute, kept: readonly MapOf[]): StoredField {
  const [scope, ...otherScopes] = [...new Set(kept.map((map) => map.scope))];
  const isNameKept = (name: string) => kept.some((map) => map.name === name);
  const others = (field.also ?? []).filter(({ name }) => isNameKept(name));
  const [other] = others;
  // Under another name only, and on spans of any kind: then that is its name.
  const isRenamed = !isNameKept(field.name) && others.length === 1 && other!.on === undefined;
  const { also: _, ...rest } = field;
  const narrow: Attribute = {
    ...rest,
    scope: otherScopes.length === 0 ? scope! : field.scope,
    name: isRenamed ? other!.name : field.name,
    ...(others.length === 0 || isRenamed ? {} : { also: others }),
  };
  const types = kept.flatMap(({ type }) => (type === 'other' ? [] : [operandTypes[type]]));
  return { field: narrow, types: [...new Set(types)] };
}
