/**
 * What may be typed at a place in a query, finished or broken: words of the language, and what the caller has to ask
 * its catalogue for (attribute names, values of a field).
 *
 * Looks only at what stands before the cursor: tokens as far as they can be read, and the parentheses still open.
 * Never knows: which attributes exist.
 */
import type { AttributeScope, Field } from './ast.ts';
import { TraceqlError } from './errors.ts';
import { intrinsicOf, intrinsics, intrinsicType, type ValueType } from './intrinsics.ts';
import { lex } from './lexer.ts';
import { isMetricsFunction, metricsFunctions } from './parse-metrics.ts';
import { attributePrefixes, type Token } from './token.ts';

export type Suggestion = {
  readonly text: string;
  readonly is: 'field' | 'scope' | 'constant' | 'operator' | 'stage' | 'function';
  readonly says: string;
};

/** What only a catalogue can answer. */
export type Need =
  | { readonly of: 'attributes'; readonly scope: AttributeScope; readonly prefix: string }
  | {
      readonly of: 'values';
      readonly field: Field;
      readonly prefix: string;
      readonly isQuoted: boolean;
    };

export type Completion = {
  /** The text that a suggestion replaces. */
  readonly from: number;
  readonly to: number;
  readonly suggestions: readonly Suggestion[];
  readonly needs: Need | null;
};

/** Answers for the cursor at offset `at` of `source`; never throws on any text. */
export function complete(source: string, at: number): Completion {
  const cursor = Math.max(0, Math.min(at, source.length));
  const { tokens, broken } = lexBefore(source.slice(0, cursor));
  if (broken?.is === 'string') return inString(tokens, broken, cursor);
  const touched = broken?.is === 'attribute' ? undefined : touchedToken(tokens, cursor);
  const before = touched === undefined ? tokens : tokens.slice(0, -1);
  const typed = touched === undefined ? '' : source.slice(touched.from, cursor);
  const from = broken?.from ?? touched?.from ?? cursor;
  const to = wordEnd(source, cursor);
  if (broken?.is === 'attribute') return attributeNames(broken.scope, '', from, to);
  if (touched?.is === 'attribute') return attributeNames(touched.scope, touched.name, from, to);
  return { from, to, ...expected(before, typed) };
}

// ── reading as far as it goes ───────────────────────────────────────────────────────────────────────────────────────

type Broken =
  | { readonly is: 'string'; readonly from: number; readonly prefix: string }
  | { readonly is: 'attribute'; readonly from: number; readonly scope: AttributeScope }
  | { readonly is: 'other'; readonly from: number };

function lexBefore(text: string): { tokens: Token[]; broken?: Broken } {
  try {
    return { tokens: lex(text).slice(0, -1) };
  } catch (error) {
    if (!(error instanceof TraceqlError)) throw error;
    const { from } = error.at;
    const tokens = from === 0 ? [] : lexBefore(text.slice(0, from)).tokens;
    const rest = text.slice(from);
    if (rest[0] === '"' || rest[0] === '`') {
      return { tokens, broken: { is: 'string', from, prefix: rest.slice(1) } };
    }
    const prefix = attributePrefixes.find((candidate) => candidate.text === rest);
    if (prefix !== undefined) {
      return { tokens, broken: { is: 'attribute', from, scope: prefix.scope } };
    }
    return { tokens, broken: { is: 'other', from } };
  }
}

/** A word, attribute or number that ends at the cursor is still being typed. */
function touchedToken(tokens: readonly Token[], cursor: number): Token | undefined {
  const last = tokens.at(-1);
  if (last === undefined || last.to !== cursor) return undefined;
  return last.is === 'word' || last.is === 'attribute' ? last : undefined;
}

function wordEnd(source: string, cursor: number): number {
  const rest = /^[\p{L}\p{N}_.:]*/u.exec(source.slice(cursor))!;
  return cursor + rest[0].length;
}

// ── where the cursor stands ─────────────────────────────────────────────────────────────────────────────────────────

type Opening = { readonly symbol: '{' | '('; readonly owner: string };

/** What is still open before the cursor, innermost last; a parenthesis remembers the word before it. */
function openings(tokens: readonly Token[]): Opening[] {
  const open: Opening[] = [];
  for (const [place, token] of tokens.entries()) {
    if (token.is !== 'symbol') continue;
    if (token.text === '{') open.push({ symbol: '{', owner: '' });
    else if (token.text === '(') {
      const before = tokens[place - 1];
      open.push({ symbol: '(', owner: before?.is === 'word' ? before.text : '' });
    } else if (token.text === '}' || token.text === ')') open.pop();
  }
  return open;
}

const fieldOwners = ['by', 'select', 'min', 'max', 'avg', 'sum'];

function isAmongFields(open: readonly Opening[]): boolean {
  const innermost = open.at(-1);
  if (innermost === undefined) return false;
  if (open.some(({ symbol }) => symbol === '{')) return true;
  return fieldOwners.includes(innermost.owner) || isMetricsFunction(innermost.owner);
}

function expected(
  before: readonly Token[],
  typed: string,
): Pick<Completion, 'suggestions' | 'needs'> {
  const open = openings(before);
  const last = before.at(-1);
  if (isAmongFields(open)) {
    return endsOperand(last) ? operatorsAfter(last!, open, typed) : operands(before, typed);
  }
  const suggestions = endsItem(last) ? afterItem(before) : items(last);
  return { suggestions: matching(suggestions, typed), needs: null };
}

/** Inside braces: is the last token a finished operand, so that an operator comes next? */
function endsOperand(last: Token | undefined): boolean {
  if (last === undefined) return false;
  if (last.is === 'symbol') return last.text === ')';
  return last.is !== 'end';
}

function endsItem(last: Token | undefined): boolean {
  return last?.is === 'symbol' ? ['}', ')'].includes(last.text) : last?.is === 'constant';
}

// ── inside braces and function parentheses ──────────────────────────────────────────────────────────────────────────

const comparisonSymbols = ['=', '!=', '<', '<=', '>', '>=', '=~', '!~'];

function operands(
  before: readonly Token[],
  typed: string,
): Pick<Completion, 'suggestions' | 'needs'> {
  const field = comparedField(before);
  if (field !== undefined) {
    const constants = constantsOf(typeOf(field));
    const needs: Need = { of: 'values', field, prefix: typed, isQuoted: false };
    return { suggestions: matching(constants, typed), needs };
  }
  const fields = intrinsics
    .filter(({ name }) => name !== 'parent')
    .map(({ spelling, says }): Suggestion => ({ text: spelling, is: 'field', says }));
  const needs: Need = { of: 'attributes', scope: 'any', prefix: typed };
  return { suggestions: matching([...scopes, ...fields], typed), needs };
}

/** The field on the left of the comparison at the cursor. */
function comparedField(before: readonly Token[]): Field | undefined {
  const operator = before.at(-1);
  if (operator?.is !== 'symbol' || !comparisonSymbols.includes(operator.text)) return undefined;
  return fieldOf(before.at(-2));
}

function fieldOf(token: Token | undefined): Field | undefined {
  if (token?.is === 'attribute') {
    const { scope, name, ofParent } = token;
    return { kind: 'attribute', scope, name, ofParent };
  }
  const intrinsic = token?.is === 'word' ? intrinsicOf(token.text) : undefined;
  return intrinsic && { kind: 'intrinsic', name: intrinsic.name };
}

const typeOf = (field: Field): ValueType =>
  field.kind === 'attribute' ? 'dynamic' : intrinsicType(field.name);

const constant = (text: string, says: string): Suggestion => ({ text, is: 'constant', says });

function constantsOf(type: ValueType): Suggestion[] {
  if (type === 'status') {
    return ['error', 'ok', 'unset'].map((text) => constant(text, 'status'));
  }
  if (type === 'kind') {
    const kinds = ['server', 'client', 'producer', 'consumer', 'internal', 'unspecified'];
    return kinds.map((text) => constant(text, 'span kind'));
  }
  if (type === 'duration') {
    return ['10ms', '100ms', '1s', '10s'].map((text) => constant(text, 'duration'));
  }
  if (type !== 'dynamic') return [];
  return [constant('nil', 'the attribute is absent'), constant('true', ''), constant('false', '')];
}

const scopes: readonly Suggestion[] = [
  { text: 'span.', is: 'scope', says: 'attributes of the span' },
  { text: 'resource.', is: 'scope', says: 'attributes of the service that made it' },
  { text: 'event.', is: 'scope', says: 'attributes of any of its events' },
  { text: 'link.', is: 'scope', says: 'attributes of any of its links' },
  { text: 'instrumentation.', is: 'scope', says: 'attributes of the instrumentation scope' },
];

function attributeNames(
  scope: AttributeScope,
  prefix: string,
  from: number,
  to: number,
): Completion {
  return { from, to, suggestions: [], needs: { of: 'attributes', scope, prefix } };
}

function inString(
  tokens: readonly Token[],
  broken: Broken & { is: 'string' },
  cursor: number,
): Completion {
  const field = comparedField(tokens);
  const { prefix, from } = broken;
  const needs: Need | null = field ? { of: 'values', field, prefix, isQuoted: true } : null;
  return { from: from + 1, to: cursor, suggestions: [], needs };
}

const operator = (text: string, says: string): Suggestion => ({ text, is: 'operator', says });

function operatorsAfter(
  last: Token,
  open: readonly Opening[],
  typed: string,
): Pick<Completion, 'suggestions' | 'needs'> {
  const field = fieldOf(last);
  const type = field === undefined ? undefined : typeOf(field);
  const suggestions = [...(type === undefined ? [] : comparisonsFor(type)), ...joiners(open)];
  return { suggestions: matching(suggestions, typed), needs: null };
}

function comparisonsFor(type: ValueType): Suggestion[] {
  const equality = [operator('=', 'equals'), operator('!=', 'differs')];
  const order = [
    operator('>', 'more than'),
    operator('>=', 'at least'),
    operator('<', 'less than'),
    operator('<=', 'at most'),
  ];
  const match = [operator('=~', 'matches'), operator('!~', 'does not match')];
  if (type === 'status' || type === 'kind') return equality;
  if (type === 'string') return [...equality, ...match];
  return type === 'dynamic' ? [...equality, ...order, ...match] : [...equality, ...order];
}

function joiners(open: readonly Opening[]): Suggestion[] {
  if (!open.some(({ symbol }) => symbol === '{'))
    return [operator(')', 'closes'), operator(',', '')];
  return [operator('&&', 'and'), operator('||', 'or'), operator('}', 'closes the filter')];
}

// ── outside braces ──────────────────────────────────────────────────────────────────────────────────────────────────

const stage = (text: string, says: string): Suggestion => ({ text, is: 'stage', says });

const stages: readonly Suggestion[] = [
  stage('count() > ', 'keeps traces by their number of matched spans'),
  stage('avg(duration) > ', 'keeps traces by a mean'),
  stage('max(duration) > ', 'keeps traces by a maximum'),
  stage('min(duration) > ', 'keeps traces by a minimum'),
  stage('sum(duration) > ', 'keeps traces by a sum'),
  stage('by(', 'groups the spans of a trace'),
  stage('select(', 'adds fields to the result'),
];

function items(last: Token | undefined): Suggestion[] {
  const filter = stage('{ }', 'spans for which a condition holds');
  const isAfterPipe = last?.is === 'symbol' && last.text === '|';
  if (!isAfterPipe) return last === undefined ? [filter, ...stages] : [filter];
  const functions = metricsFunctions.map(
    (text): Suggestion => ({ text: `${text}(`, is: 'function', says: 'a series over time' }),
  );
  return [filter, ...stages, stage('coalesce()', 'joins the groups again'), ...functions];
}

function afterItem(before: readonly Token[]): Suggestion[] {
  const isMetrics = before.some((token) => token.is === 'word' && isMetricsFunction(token.text));
  if (isMetrics) {
    return [stage('by(', 'one series per value'), stage('| topk(', ''), stage('| bottomk(', '')];
  }
  return [
    operator('|', 'next stage'),
    operator('&&', 'the trace has both'),
    operator('||', 'the trace has either'),
    operator('>>', 'right is a descendant of left'),
    operator('>', 'right is a child of left'),
    operator('<<', 'right is an ancestor of left'),
    operator('<', 'right is the parent of left'),
    operator('~', 'siblings'),
  ];
}

function matching(suggestions: readonly Suggestion[], typed: string): Suggestion[] {
  const lower = typed.toLowerCase();
  return suggestions.filter(({ text }) => text.toLowerCase().startsWith(lower));
}
