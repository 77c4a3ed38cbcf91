/**
 * Conditions on one span as a vocabulary, for faces whose parameters mean more than `SimpleSearch` can say: alternatives,
 * presence of an attribute, names of events.
 *
 * Each makes the tree that TraceQL text would give, so a search through another product's API can be shown as TraceQL too.
 *
 * Never knows: which product's parameters it serves.
 */
import type { FieldExpression, Intrinsic, KindName, Static, StatusName } from '@clew/traceql';
import { readings } from './attribute-condition.ts';
import { fold, type Question, type TimeRange, whereQuestion } from './question.ts';

/** Something that is true or false of a span. */
export type Condition = FieldExpression;

type Scope = 'any' | 'span' | 'resource' | 'event';

/** True of every span that has the value, however the sender typed it: `200` is read as a string and as a number. */
function attributeIs(scope: Scope, key: string, value: string): Condition {
  const left = { kind: 'attribute', scope, name: key, ofParent: false } as const;
  const all = readings(value, '=').map(
    (reading): Condition => ({
      kind: 'binary',
      operator: '=',
      left,
      right: { kind: 'static', ...reading },
    }),
  );
  return fold('||', all);
}

function attributeExists(scope: Scope, key: string): Condition {
  const left = { kind: 'attribute', scope, name: key, ofParent: false } as const;
  return { kind: 'binary', operator: '!=', left, right: { kind: 'nil' } };
}

/** Whatever the case of its letters; a value that is no string never is. */
function attributeIsAnyCase(scope: Scope, key: string, value: string): Condition {
  const left = { kind: 'attribute', scope, name: key, ofParent: false } as const;
  return { kind: 'binary', operator: '=~', left, right: anyCase(value) };
}

/** A pattern that matches the text alone. Every sign of ASCII that could mean something to RE2 is escaped. */
function anyCase(value: string): Static {
  return text(`(?i)${value.replace(/[^A-Za-z0-9_\s\u0080-\uffff]/g, '\\$&')}`);
}

function intrinsicIs(
  name: Intrinsic,
  operator: '=' | '!=' | '>=' | '<=' | '=~',
  right: Static,
): Condition {
  return { kind: 'binary', operator, left: { kind: 'intrinsic', name }, right };
}

const text = (value: string): Static => ({ kind: 'static', type: 'string', value });
const duration = (value: bigint): Static => ({ kind: 'static', type: 'duration', value });

export const where = {
  attributeIs,
  attributeIsAnyCase,
  attributeExists,
  serviceIs: (service: string): Condition => ({
    kind: 'binary',
    operator: '=',
    left: { kind: 'attribute', scope: 'resource', name: 'service.name', ofParent: false },
    right: text(service),
  }),
  nameIsAnyCase: (name: string) => intrinsicIs('name', '=~', anyCase(name)),
  nameIs: (name: string) => intrinsicIs('name', '=', text(name)),
  statusMessageIs: (message: string) => intrinsicIs('statusMessage', '=', text(message)),
  scopeNameIs: (name: string) => intrinsicIs('instrumentation:name', '=', text(name)),
  eventNamed: (name: string) => intrinsicIs('event:name', '=', text(name)),
  kindIs: (value: KindName) => intrinsicIs('kind', '=', { kind: 'static', type: 'kind', value }),
  statusIs: (value: StatusName) =>
    intrinsicIs('status', '=', { kind: 'static', type: 'status', value }),
  statusIsNot: (value: StatusName) =>
    intrinsicIs('status', '!=', { kind: 'static', type: 'status', value }),
  /** Nanoseconds, inclusive. */
  lastsAtLeast: (ns: bigint) => intrinsicIs('duration', '>=', duration(ns)),
  lastsAtMost: (ns: bigint) => intrinsicIs('duration', '<=', duration(ns)),
  traceLastsAtLeast: (ns: bigint) => intrinsicIs('traceDuration', '>=', duration(ns)),
  traceLastsAtMost: (ns: bigint) => intrinsicIs('traceDuration', '<=', duration(ns)),
  rootNameIs: (name: string) => intrinsicIs('rootName', '=', text(name)),
  rootServiceIs: (service: string) => intrinsicIs('rootServiceName', '=', text(service)),
  /** At least one condition. */
  anyOf: (conditions: readonly Condition[]) => fold('||', conditions),
  allOf: (conditions: readonly Condition[]) => fold('&&', conditions),
} as const;

/**
 * Spans of which all conditions hold; without conditions, every span.
 * @throws QuestionError `bad-range`
 */
export function conditionsQuestion(conditions: readonly Condition[], range: TimeRange): Question {
  return whereQuestion(conditions.length === 0 ? null : fold('&&', conditions), range);
}
