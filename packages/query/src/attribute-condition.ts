/**
 * `http.response.status_code>=500`, `span.user=ann`, `.cart~"a.*"` → an attribute condition.
 *
 * The short form faces use for one comparison. An unquoted value that could be a number or a boolean is read both ways,
 * because whoever types it does not know how the sender typed it. Blanks around a value that matter need quotes.
 *
 * Never knows: SQL, or which attributes exist.
 */
import type { AttributeScope } from '@clew/traceql';
import { QuestionError } from './errors.ts';
import type { AttributeCondition, AttributeOperator, AttributeValue } from './question.ts';

const scopes: Readonly<Record<string, AttributeScope>> = {
  span: 'span',
  resource: 'resource',
  event: 'event',
  link: 'link',
  scope: 'instrumentation',
  instrumentation: 'instrumentation',
};

const form = /^(?<key>[^=!<>~]+)(?<operator>=~|!~|!=|>=|<=|=|>|<|~)(?<value>.*)$/su;

/** @throws QuestionError `bad-attribute` naming the text that cannot be read. */
export function parseAttributeCondition(text: string): AttributeCondition {
  const found = form.exec(text)?.groups;
  const { scope, key } = splitScope(found?.['key']?.trim() ?? '');
  if (found === undefined || key === '' || key === '.')
    throw new QuestionError('bad-attribute', { found: text });
  const written = found['operator']!;
  const operator = (written === '~' ? '=~' : written) as AttributeOperator;
  return { scope, key, operator, oneOf: readings(found['value']!.trim(), operator) };
}

function splitScope(written: string): { scope: AttributeScope; key: string } {
  const [, prefix, key] = /^([a-z]*)\.(.+)$/su.exec(written) ?? [];
  if (prefix === '') return { scope: 'any', key: key! };
  const scope = prefix === undefined ? undefined : scopes[prefix];
  return scope === undefined ? { scope: 'any', key: written } : { scope, key: key! };
}

const int = /^[+-]?\d+$/;
const float = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Every type the value may have been meant as; the string reading first. */
export function readings(written: string, operator: AttributeOperator): readonly AttributeValue[] {
  const quoted = /^"(.*)"$/s.exec(written)?.[1];
  const asString: AttributeValue = { type: 'string', value: quoted ?? written };
  if (quoted !== undefined || operator === '=~' || operator === '!~') return [asString];
  const equality = operator === '=' || operator === '!=';
  if (equality && (written === 'true' || written === 'false')) {
    return [asString, { type: 'boolean', value: written === 'true' }];
  }
  const number = readNumber(written);
  if (number === undefined) return [asString];
  return equality ? [asString, number] : [number];
}

function readNumber(written: string): AttributeValue | undefined {
  if (int.test(written) && BigInt.asIntN(64, BigInt(written)) === BigInt(written)) {
    return { type: 'int', value: BigInt(written) };
  }
  const value = Number(written);
  return float.test(written) && Number.isFinite(value) ? { type: 'float', value } : undefined;
}
