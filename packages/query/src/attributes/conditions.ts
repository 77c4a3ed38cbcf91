/**
 * A question that may still be being typed → the conditions in it that are whole.
 *
 * Editors ask for names and values while a query is unfinished, and send what there is of it. Conditions that all must hold
 * are taken, what cannot be read is left out, and nothing is ever an error.
 *
 * Never knows: names, values, SQL.
 */
import { check, type FieldExpression, parse, queryLengthMax } from '@clew/traceql';
import { isOfSpan } from '../fields.ts';
import { fold } from '../question.ts';

/** Null: nothing in it narrows down which spans are meant. */
export function conditionsIn(text: string | undefined): FieldExpression | null {
  if (text === undefined || text.length > queryLengthMax) return null;
  const pieces = piecesOf(text).flatMap(readPiece);
  return pieces.length === 0 ? null : fold('&&', pieces);
}

/**
 * What stands between `&&` in the first filter, outside of parentheses and strings. Nothing, when alternatives (`||`)
 * stand beside them or when the filter is one of several: neither half must hold then.
 */
function piecesOf(text: string): readonly string[] {
  const open = text.indexOf('{');
  if (open < 0) return [];
  const pieces: string[] = [];
  let from = open + 1;
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const sign = text[at]!;
    if (sign === '"' || sign === '`') {
      at = endOfString(text, at);
    } else if (sign === '(') {
      depth += 1;
    } else if (sign === ')') {
      depth -= 1;
    } else if (sign === '}' && depth <= 0) {
      if (!isAlone(text.slice(at + 1))) return [];
      return [...pieces, text.slice(from, at)];
    } else if (depth === 0 && text.startsWith('||', at)) {
      return [];
    } else if (depth === 0 && text.startsWith('&&', at)) {
      pieces.push(text.slice(from, at));
      from = at + 2;
      at += 1;
    }
  }
  return [...pieces, text.slice(from)];
}

/** True when only pipeline stages, or nothing readable, follow the filter. */
function isAlone(rest: string): boolean {
  return /^\s*(?:$|\|(?!\|))/.test(rest);
}

/** The closing quote, or the end of the text. */
function endOfString(text: string, from: number): number {
  const quote = text[from]!;
  for (let at = from + 1; at < text.length; at++) {
    if (quote === '"' && text[at] === '\\') at += 1;
    else if (text[at] === quote) return at;
  }
  return text.length;
}

function readPiece(piece: string): readonly FieldExpression[] {
  const whole = `{${piece}}`;
  try {
    const { body } = check(parse(whole), whole);
    const [stage, ...others] = body.kind === 'pipeline' ? body.stages : [];
    if (stage?.kind !== 'filter' || others.length > 0) return [];
    return stage.where !== null && isOfSpan(stage.where) && isTest(stage.where)
      ? [stage.where]
      : [];
  } catch {
    // Whatever is wrong with it, it is not finished.
    return [];
  }
}

/** `{ true }` says nothing; `{ .flag }` may be the start of a comparison. */
function isTest(where: FieldExpression): boolean {
  return where.kind === 'binary' || where.kind === 'unary';
}

/** The service of `resource.service.name = "…"`, when that is all the conditions say. */
export function onlyService(where: FieldExpression): string | null {
  if (where.kind !== 'binary' || where.operator !== '=') return null;
  const { left, right } = where;
  const isService =
    left.kind === 'attribute' && left.scope === 'resource' && left.name === 'service.name';
  return isService && right.kind === 'static' && right.type === 'string' ? right.value : null;
}
