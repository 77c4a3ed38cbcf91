/**
 * One `attr` of a URL → an attribute condition whose regular expression the engine takes.
 *
 * Never knows: RE2. The language knows what it takes, and is asked with a query of the one expression.
 */
import { type AttributeCondition, parseAttributeCondition, textQuestion } from '@clew/query';
import { ApiError, isTraceqlFailure } from '../errors.ts';

/** @throws QuestionError `bad-attribute` · ApiError `bad-parameter` for what is no regular expression */
export function attributeConditionOf(written: string): AttributeCondition {
  const condition = parseAttributeCondition(written);
  const { operator, oneOf } = condition;
  const isMatch = operator === '=~' || operator === '!~';
  if (!isMatch || oneOf.every(({ value }) => isRegularExpression(String(value)))) return condition;
  throw new ApiError('bad-parameter', {
    parameter: 'attr',
    found: JSON.stringify(written),
    wanted: `a regular expression in RE2 syntax after ${operator === '!~' ? '!~' : '~'}`,
  });
}

const anyRange = { fromNs: 0n, toNs: 1n };

function isRegularExpression(pattern: string): boolean {
  try {
    // The escapes of JSON are among those of TraceQL's strings.
    textQuestion(`{ .key =~ ${JSON.stringify(pattern)} }`, anyRange);
    return true;
  } catch (error) {
    if (isTraceqlFailure(error)) return false;
    throw error;
  }
}
