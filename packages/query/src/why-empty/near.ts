/**
 * What a condition that holds nowhere may have been meant to be: another spelling of the name, another scope, another type
 * of the constant, a value that is there.
 *
 * Never knows: how many spans that would find.
 */
import {
  type Attribute,
  type AttributeScope,
  type Binary,
  type Field,
  type FieldExpression,
  nearest,
  printField,
  type Static,
} from '@clew/traceql';
import type { Ask } from '../ask.ts';
import { listAttributeValues, type TypedValue } from '../attributes/values.ts';
import { listAttributes } from '../lists.ts';
import type { CataloguedScope, SeenAttribute } from '../results.ts';

export type Near = {
  readonly kind: 'name' | 'scope' | 'type' | 'value';
  readonly condition: FieldExpression;
};

const nearMost = 3;
const valuesMost = 500;

/** The likeliest first; none where the condition is no comparison of one field with one constant. */
export async function nearMisses(ask: Ask, condition: FieldExpression): Promise<readonly Near[]> {
  const compared = comparedIn(condition);
  if (compared === null) return [];
  const { field } = compared;
  const found =
    field.kind === 'attribute' && field.name !== 'service.name'
      ? await nearAttributes(ask, { ...compared, field })
      : await nearValues(ask, compared);
  return found.slice(0, nearMost);
}

type Compared<Of extends Field = Field> = {
  readonly field: Of;
  readonly constant: Static;
  /** The condition with another field, another constant. */
  readonly with: (field: Field, constant: Static) => Binary;
};

function comparedIn(condition: FieldExpression): Compared | null {
  if (condition.kind !== 'binary') return null;
  const { operator, left, right } = condition;
  const isField = (of: FieldExpression): of is Field =>
    of.kind === 'attribute' || of.kind === 'intrinsic';
  if (isField(left) && right.kind === 'static') {
    const make = (field: Field, constant: Static): Binary => ({
      kind: 'binary',
      operator,
      left: field,
      right: constant,
    });
    return { field: left, constant: right, with: make };
  }
  if (!isField(right) || left.kind !== 'static') return null;
  const make = (field: Field, constant: Static): Binary => ({
    kind: 'binary',
    operator,
    left: constant,
    right: field,
  });
  return { field: right, constant: left, with: make };
}

// ── Names ───────────────────────────────────────────────────────────────────────────────────────────────────────────

const scopesOf: Readonly<Record<AttributeScope, readonly CataloguedScope[]>> = {
  any: ['span', 'resource'],
  span: ['span'],
  resource: ['resource'],
  event: ['event'],
  link: ['link'],
  instrumentation: ['scope'],
};

async function nearAttributes(ask: Ask, compared: Compared<Attribute>): Promise<readonly Near[]> {
  const { field, constant } = compared;
  const all = await listAttributes(ask, {});
  const names = [field.name, ...(field.also ?? []).map(({ name }) => name)];
  const named = all.filter(({ key }) => names.includes(key));
  const here = named.filter(({ scope }) => scopesOf[field.scope].includes(scope));
  if (here.length > 0) {
    const retyped = retypedAs(here, constant);
    if (retyped.length > 0) {
      return retyped.map((one) => ({ kind: 'type', condition: compared.with(field, one) }));
    }
    return nearValues(ask, compared);
  }
  if (named.length > 0) {
    const scopes = [...new Set(named.map(({ scope }) => scope))];
    return scopes.map((scope) => {
      const moved: Attribute = { ...field, scope: scope === 'scope' ? 'instrumentation' : scope };
      return { kind: 'scope', condition: compared.with(moved, constant) };
    });
  }
  return likeNames(field.name, all).map(({ key, scope }) => {
    const fits = field.scope === 'any' && scopesOf.any.includes(scope);
    const to: AttributeScope = fits ? 'any' : scope === 'scope' ? 'instrumentation' : scope;
    const renamed: Attribute = { kind: 'attribute', scope: to, name: key, ofParent: false };
    return { kind: 'name', condition: compared.with(renamed, constant) };
  });
}

/** `httpStatusCode`, `status_code` and `http.status_cod` are like `http.status_code`. */
function likeNames(name: string, all: readonly SeenAttribute[]): readonly SeenAttribute[] {
  const bare = (text: string) => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
  const spelt = nearest(
    name,
    all.map(({ key }) => key),
  );
  const isLike = ({ key }: SeenAttribute) =>
    key === spelt ||
    bare(key) === bare(name) ||
    key.endsWith(`.${name}`) ||
    name.endsWith(`.${key}`);
  const like = all.filter(isLike);
  return [...new Map(like.map((one) => [`${one.scope} ${one.key}`, one])).values()];
}

// ── Types and values ────────────────────────────────────────────────────────────────────────────────────────────────

/** The constant as what is stored, when only other types are: "500" for 500. */
function retypedAs(here: readonly SeenAttribute[], constant: Static): readonly Static[] {
  const types = new Set(here.map(({ type }) => type));
  const isNumber = types.has('int') || types.has('double');
  if (constant.type === 'string') {
    if (types.has('string') || types.has('other')) return [];
    if (types.has('bool') && ['true', 'false'].includes(constant.value)) {
      return [{ kind: 'static', type: 'boolean', value: constant.value === 'true' }];
    }
    if (!isNumber || !/^-?\d{1,15}(\.\d+)?$/.test(constant.value)) return [];
    return [numberOf(constant.value)];
  }
  const isText = types.has('string') && !isNumber && !types.has('bool') && !types.has('other');
  return isText ? [{ kind: 'static', type: 'string', value: String(constant.value) }] : [];
}

function numberOf(text: string): Static {
  return text.includes('.')
    ? { kind: 'static', type: 'float', value: Number(text) }
    : { kind: 'static', type: 'int', value: BigInt(text) };
}

/** Values of the field that are spelt alike, or hold the text that was asked for. */
async function nearValues(ask: Ask, compared: Compared): Promise<readonly Near[]> {
  const { field, constant } = compared;
  if (constant.type !== 'string' || constant.value === '') return [];
  const wanted = constant.value;
  const values = await stringValues(ask, field);
  const spelt = nearest(wanted, values);
  const lower = wanted.toLowerCase();
  const like = values.filter((value) => value === spelt || value.toLowerCase().includes(lower));
  const best = spelt === undefined ? like : [spelt, ...like.filter((value) => value !== spelt)];
  return best
    .filter((value) => value !== wanted)
    .map((value) => {
      const text: Static = { kind: 'static', type: 'string', value };
      return { kind: 'value', condition: compared.with(field, text) };
    });
}

async function stringValues(ask: Ask, field: Field): Promise<readonly string[]> {
  const asked = { attribute: printField(field), limit: valuesMost };
  const { values } = await listAttributeValues(ask, asked);
  return values.flatMap(({ type, value }: TypedValue) => (type === 'string' ? [value] : []));
}
