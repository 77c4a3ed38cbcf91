/**
 * A field by the name that TraceQL gives it.
 *
 * Never knows: what is asked about the field.
 */
import { type Attribute, type Field, parse } from '@clew/traceql';
import { QuestionError } from '../errors.ts';

/**
 * `span.http.status_code`, `.a`, `name`, `event:name`; a name with a scope may hold any sign, quoted or not.
 * @throws QuestionError `bad-field`
 */
export function fieldNamed(text: string): Field {
  const field = parsed(text) ?? unquoted(text);
  if (field === null) throw new QuestionError('bad-field', { found: JSON.stringify(text) });
  return field;
}

/** The field that `select(…)` of the text selects, if it selects one and nothing follows. */
function parsed(text: string): Field | null {
  try {
    const { body, hints } = parse(`{ } | select(${text})`);
    if (body.kind !== 'pipeline' || body.stages.length !== 2 || hints.length > 0) return null;
    const [, stage] = body.stages;
    if (stage?.kind !== 'select' || stage.fields.length !== 1) return null;
    const [field] = stage.fields;
    return field!.kind === 'attribute' && field!.ofParent ? null : field!;
  } catch {
    return null;
  }
}

const scoped = /^(span|resource|event|link|instrumentation)?\.(.+)$/s;

function unquoted(text: string): Attribute | null {
  const found = scoped.exec(text);
  if (found === null) return null;
  const [, scope = 'any', name = ''] = found;
  return { kind: 'attribute', scope: scope as Attribute['scope'], name, ofParent: false };
}
