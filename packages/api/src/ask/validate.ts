/**
 * Checks what a URL holds against the schema of its route: every refusal names the parameter, what
 * was found and what was wanted.
 *
 * Never knows: any particular parameter.
 */
import * as v from 'valibot';
import { ApiError } from '../errors.ts';

/** The parsed parameters. @throws ApiError `bad-parameter` or `unknown-parameter`. */
export function validate<Schema extends v.GenericSchema>(
  schema: Schema,
  given: unknown,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, given, { abortEarly: true });
  if (result.success) return result.output;
  throw refusal(schema, result.issues[0]);
}

function refusal(schema: v.GenericSchema, issue: v.BaseIssue<unknown>): ApiError {
  const parameter = String(issue.path?.[0]?.key ?? '');
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    const known = Object.keys((schema as { entries?: object }).entries ?? {});
    return new ApiError('unknown-parameter', { parameter, wanted: known.join(', ') || 'none' });
  }
  if (issue.type === 'strict_object') {
    return new ApiError('bad-parameter', { parameter, found: 'nothing', wanted: 'a value' });
  }
  const found = issue.path?.[0]?.value ?? issue.input;
  const isGivenTwice = Array.isArray(found) && issue.type !== 'max_length';
  const wanted = isGivenTwice ? 'it once' : issue.message;
  return new ApiError('bad-parameter', { parameter, found: printFound(found), wanted });
}

/** Long texts are cut: the message has to stay readable. */
function printFound(input: unknown): string {
  if (input === undefined) return 'nothing';
  if (Array.isArray(input)) return `${input.length} values`;
  const text = String(input);
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);
}
