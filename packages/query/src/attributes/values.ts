/**
 * Which values a field has: as completion and filters offer them, typed as TraceQL would have to write them.
 *
 * What the catalogue knows is enough where it has seen few values; else, and where conditions choose spans, the newest
 * spans are looked at.
 *
 * Never knows: SQL.
 */
import type { Attribute, Field, FieldExpression, Intrinsic, IntrinsicField } from '@clew/traceql';
import type { Ask } from '../ask.ts';
import type { TimeRange } from '../question.ts';
import type { Took } from '../results.ts';
import {
  cataloguedValuesStatement,
  namesOfSpansStatement,
  servicesSeenStatement,
  spanValuesStatement,
} from '../sql/attribute-values.ts';
import { readCell } from '../value.ts';
import { conditionsIn, onlyService } from './conditions.ts';
import { fieldNamed } from './field.ts';
import { checkLimit, listedRange } from './names.ts';
import { readRecent } from './recent.ts';

export type ValuesFilter = {
  /** A field as TraceQL writes it: `resource.service.name`, `.http.status_code`, `name`, `event:name`. */
  readonly attribute: string;
  /** TraceQL, which need not be finished: values of spans of which its conditions hold. */
  readonly filter?: string;
  /** Left out: all time. */
  readonly range?: TimeRange;
  readonly limit?: number;
};

/** `keyword` is written bare: a status or a kind. Floats have a point, durations are `1.5s`. */
export type TypedValue = {
  readonly type: 'string' | 'int' | 'float' | 'bool' | 'duration' | 'keyword';
  readonly value: string;
};

export type AttributeValues = {
  /** The most used first, as far as that was counted. */
  readonly values: readonly TypedValue[];
  /** False when there may be more: the limit was reached, or only the newest spans were looked at. */
  readonly complete: boolean;
  readonly took: Took;
};

const limitDefault = 1_000;

/**
 * Of fields whose values are ids, times or places in the tree, none are listed.
 * @throws QuestionError `bad-limit`, `bad-field`
 */
export async function listAttributeValues(ask: Ask, asked: ValuesFilter): Promise<AttributeValues> {
  const limit = checkLimit(asked.limit ?? limitDefault);
  const field = fieldNamed(asked.attribute);
  const where = conditionsIn(asked.filter);
  const read = { range: listedRange(asked.range), where, limit: limit + 1 };
  const found = await valuesOf(ask, field, read);
  const values = found.values.slice(0, limit);
  const complete = found.complete && found.values.length <= limit;
  return { values, complete, took: ask.run.took() };
}

type Read = {
  readonly range: TimeRange;
  readonly where: FieldExpression | null;
  readonly limit: number;
};

type Found = { readonly values: readonly TypedValue[]; readonly complete: boolean };

const keyword = (value: string): TypedValue => ({ type: 'keyword', value });
const string = (value: string): TypedValue => ({ type: 'string', value });

const statuses = ['error', 'ok', 'unset'].map(keyword);
const kinds = ['client', 'consumer', 'internal', 'producer', 'server', 'unspecified'].map(keyword);

async function valuesOf(ask: Ask, field: Field, read: Read): Promise<Found> {
  if (field.kind === 'attribute') {
    const isService = field.scope === 'resource' && field.name === 'service.name';
    if (isService && read.where === null) {
      return listed(ask, servicesSeenStatement({ tenant: ask.tenant, ...read }));
    }
    return attributeValues(ask, field, read);
  }
  return intrinsicValues(ask, field, read);
}

/** Intrinsics that people choose from a list, and can be read of one span. */
const listedIntrinsics: ReadonlySet<Intrinsic> = new Set([
  'statusMessage',
  'event:name',
  'instrumentation:name',
  'instrumentation:version',
]);

async function intrinsicValues(ask: Ask, field: IntrinsicField, read: Read): Promise<Found> {
  switch (field.name) {
    case 'status':
      return { values: statuses, complete: true };
    case 'kind':
      return { values: kinds, complete: true };
    case 'name': {
      const service = read.where === null ? null : onlyService(read.where);
      if (read.where !== null && service === null) return recentValues(ask, [field], read);
      return listed(ask, namesOfSpansStatement({ tenant: ask.tenant, ...read, service }));
    }
    case 'rootName':
      return recentValues(ask, [nameField], { ...read, roots: true });
    case 'rootServiceName':
      return recentValues(ask, [serviceField], { ...read, roots: true });
    default:
      return listedIntrinsics.has(field.name)
        ? recentValues(ask, [field], read)
        : { values: [], complete: true };
  }
}

const nameField: Field = { kind: 'intrinsic', name: 'name' };
const serviceField: Field = {
  kind: 'attribute',
  scope: 'resource',
  name: 'service.name',
  ofParent: false,
};

async function listed(ask: Ask, statement: ReturnType<typeof servicesSeenStatement>) {
  const rows = await ask.run.rows<{ value: string }>(statement);
  return { values: rows.map(({ value }) => string(value)), complete: true };
}

// ── Attributes ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** Unscoped, the attributes of the span and of its resource. */
async function attributeValues(ask: Ask, attribute: Attribute, read: Read): Promise<Found> {
  const arrays = await ask.arrayKeys(ask.tenant, ask.run);
  const scopes: readonly Attribute['scope'][] =
    attribute.scope === 'any' ? ['span', 'resource'] : [attribute.scope];
  const fields = scopes.map((scope): Attribute => {
    const isArray = arrays.has(scope, attribute.name);
    return { ...attribute, scope, ...(isArray ? { hasArrays: true } : {}) };
  });
  const service = read.where === null ? null : onlyService(read.where);
  if (read.where !== null && service === null) return recentValues(ask, fields, read);
  const known = await cataloguedValues(ask, fields, { ...read, service });
  if (known.complete) return known;
  const recent = await recentValues(ask, fields, read);
  const values = new Map([...recent.values, ...known.values].map((one) => [keyOf(one), one]));
  return { values: [...values.values()].slice(0, read.limit), complete: recent.complete };
}

function keyOf({ type, value }: TypedValue): string {
  return `${type} ${value}`;
}

type CatalogueRow = {
  readonly type: 'string' | 'int' | 'double' | 'bool';
  readonly sampleList: readonly string[];
  readonly distinctCount: number;
};

/** The catalogue cuts values to this; a value as long as this is none. */
const sampleCharsMax = 128;

/** Complete when the catalogue has seen no more values than it has kept; it keeps no elements of arrays. */
async function cataloguedValues(
  ask: Ask,
  fields: readonly Attribute[],
  read: Read & { readonly service: string | null },
): Promise<Found> {
  const attributes = fields.map(({ scope, name }) => ({
    scope: scope === 'instrumentation' ? 'scope' : scope,
    key: name,
  }));
  const statement = cataloguedValuesStatement({ tenant: ask.tenant, ...read, attributes });
  const rows = await ask.run.rows<CatalogueRow>(statement);
  const whole = rows.map(({ type, sampleList }) => ({
    type,
    samples: sampleList.filter((sample) => sample.length < sampleCharsMax),
  }));
  const values = new Map(
    whole
      .flatMap(({ type, samples }) => samples.map((sample) => readSample(type, sample)))
      .map((one) => [keyOf(one), one]),
  );
  const complete =
    !fields.some((field) => field.hasArrays) &&
    rows.every(({ distinctCount }, at) => distinctCount <= whole[at]!.samples.length);
  return { values: [...values.values()].slice(0, read.limit), complete };
}

function readSample(type: CatalogueRow['type'], text: string): TypedValue {
  return type === 'double'
    ? { type: 'float', value: printFloat(Number(text)) }
    : { type, value: text };
}

// ── Recent spans ────────────────────────────────────────────────────────────────────────────────────────────────────

type ValueRow = { readonly cell: string; readonly n: number };

/** Rows of one window; past this many different values a list helps nobody. */
const windowValuesMost = 10_001;

async function recentValues(
  ask: Ask,
  fields: readonly Field[],
  { range, where, limit, roots = false }: Read & { readonly roots?: boolean },
): Promise<Found> {
  const counts = new Map<string, number>();
  const { tenant } = ask;
  const isWhole = await readRecent<ValueRow>(
    ask,
    range,
    (window) =>
      spanValuesStatement({
        tenant,
        range: window,
        where,
        fields,
        roots,
        limit: windowValuesMost,
      }),
    (rows) => {
      for (const { cell, n } of rows) counts.set(cell, (counts.get(cell) ?? 0) + n);
      return counts.size >= limit;
    },
  );
  const cells = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  const values = new Map(
    cells.flatMap(([cell]) => readTyped(cell)).map((one) => [keyOf(one), one]),
  );
  return { values: [...values.values()].slice(0, limit), complete: isWhole };
}

function readTyped(cell: string): readonly TypedValue[] {
  const value = readCell(cell);
  if (value === null || value.value === '') return [];
  switch (value.type) {
    case 'string':
      return [string(value.value)];
    case 'int':
      return [{ type: 'int', value: `${value.value}` }];
    case 'float':
      return [{ type: 'float', value: printFloat(Number(value.value)) }];
    case 'boolean':
      return [{ type: 'bool', value: `${value.value}` }];
    case 'duration':
      return [];
    default:
      return [keyword(value.value)];
  }
}

/** With a point, so that it is read as a float again. */
function printFloat(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? `${value}.0` : `${value}`;
}
