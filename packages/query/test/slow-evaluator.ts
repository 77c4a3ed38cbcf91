/**
 * What a search means, written as plainly as possible: no SQL, no indexes, loops in loops. Only tests use it.
 *
 * It shares nothing with the engine but the syntax tree.
 */
import type {
  Aggregate,
  Attribute,
  Binary,
  Field,
  FieldExpression,
  SearchExpression,
  SpansetExpression,
  Stage,
} from '@clew/traceql';
import { printField } from '@clew/traceql';
import type { AnyValue } from '@clew/wire';
import type { SlowSpan } from './slow-spans.ts';
import { inOrder, SlowTree } from './slow-tree.ts';
import { compare, compute, isNumber, plain, show, type Value } from './slow-values.ts';

/** The event and the link of the span that are looked at, of those that a condition looks at. */
type Place = {
  readonly event?: SlowSpan['events'][number] | undefined;
  readonly link?: SlowSpan['links'][number] | undefined;
};
type Set = { spans: SlowSpan[]; said: string[] };
export type SlowTrace = { traceId: string; startNs: bigint; sets: Set[] };

const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
const statuses = ['unset', 'ok', 'error'];

/** Newest trace start first, ties by the greater id. */
export function searchSlowly(
  search: SearchExpression,
  all: readonly SlowSpan[],
  range: { fromNs: bigint; toNs: bigint },
): SlowTrace[] {
  const ids = [...new Set(all.map((span) => span.traceId))];
  const found = ids.flatMap((traceId): SlowTrace[] => {
    const spans = inOrder(all.filter((span) => span.traceId === traceId));
    const trace = new Trace(spans);
    const sets = trace.search(search, [{ spans, said: [] }]).flatMap((set) => {
      const inRange = set.spans.filter(
        (span) => span.startNs >= range.fromNs && span.startNs < range.toNs,
      );
      return inRange.length === 0 ? [] : [{ ...set, spans: inRange }];
    });
    return sets.length === 0 ? [] : [{ traceId, startNs: spans[0]!.startNs, sets }];
  });
  return found.sort((a, b) =>
    a.startNs === b.startNs ? (a.traceId < b.traceId ? 1 : -1) : a.startNs < b.startNs ? 1 : -1,
  );
}

class Trace extends SlowTree {
  // ── Stages ────────────────────────────────────────────────────────────────────────────────────────────────────────

  search(search: SearchExpression, given: Set[]): Set[] {
    if (search.kind === 'pipeline')
      return search.stages.reduce((sets, stage) => this.stage(stage, sets), given);
    const [left, right] = [search.left, search.right].map((side) => {
      const spans = this.search(side, given).flatMap((set) => set.spans);
      return this.spans.filter((span) => spans.includes(span));
    });
    return notEmpty([{ spans: this.combine(search.operator, left!, right!), said: [] }]);
  }

  stage(stage: Stage, sets: Set[]): Set[] {
    switch (stage.kind) {
      case 'filter':
      case 'spanset-binary':
        return notEmpty(sets.map((set) => ({ ...set, spans: this.select(stage, set.spans) })));
      case 'select':
        return sets;
      case 'coalesce': {
        const spans = sets.flatMap((set) => set.spans);
        return notEmpty([{ spans: this.spans.filter((span) => spans.includes(span)), said: [] }]);
      }
      case 'group':
        return sets.flatMap((set) => {
          const shown = set.spans.map((span) => show(this.value(stage.by, span), true));
          return [...new Set(shown)].map((one) => {
            const spans = set.spans.filter((_, at) => shown[at] === one);
            const said = `by(${printField(stage.by)})=${show(this.value(stage.by, spans[0]!))}`;
            return { spans, said: [...set.said, said] };
          });
        });
      case 'scalar-filter':
        return sets.flatMap((set) => {
          const { left, right } = stage;
          if (left.kind !== 'aggregate' || right.kind !== 'static') throw new Error('not checked');
          const value = this.aggregate(left, set.spans);
          if (!compare(stage.operator, value, right)) return [];
          const name = `${left.name}(${left.of === null ? '' : printField(left.of)})`;
          return [{ ...set, said: [...set.said, `${name}=${show(value)}`] }];
        });
    }
  }

  select(of: SpansetExpression, spans: SlowSpan[]): SlowSpan[] {
    if (of.kind === 'filter') {
      return spans.filter((span) => of.where === null || this.holds(of.where, span));
    }
    return this.combine(of.operator, this.select(of.left, spans), this.select(of.right, spans));
  }

  combine(operator: string, a: SlowSpan[], b: SlowSpan[]): SlowSpan[] {
    const either = (left: SlowSpan[], right: SlowSpan[]) =>
      this.spans.filter((span) => left.includes(span) || right.includes(span));
    if (operator === '&&') return a.length > 0 && b.length > 0 ? either(a, b) : [];
    if (operator === '||') return either(a, b);
    const relation = operator.replace(/[!&]/, '');
    const right = b.filter((one) => a.some((other) => this.isPair(relation, other, one)));
    if (operator.startsWith('!')) return b.filter((one) => !right.includes(one));
    if (!operator.startsWith('&')) return right;
    return either(
      a.filter((one) => b.some((other) => this.isPair(relation, one, other))),
      right,
    );
  }

  aggregate({ name, of }: Aggregate, spans: SlowSpan[]): Value | null {
    if (of === null) return { type: 'int', value: BigInt(spans.length) };
    const values = spans.map((span) => this.value(of, span)).filter((value) => isNumber(value));
    if (values.length === 0) return null;
    if (name === 'min') return values.reduce((a, b) => (b.value < a.value ? b : a));
    if (name === 'max') return values.reduce((a, b) => (b.value > a.value ? b : a));
    const isWhole = values.every(({ value }) => typeof value === 'bigint');
    const isTime = values.some(({ type }) => type === 'duration');
    const total = isWhole
      ? values.reduce((all, { value }) => all + (value as bigint), 0n)
      : values.reduce((all, { value }) => all + Number(value), 0);
    if (name === 'sum')
      return { type: isTime ? 'duration' : isWhole ? 'int' : 'float', value: total };
    return { type: isTime ? 'duration' : 'float', value: Number(total) / values.length };
  }

  // ── Fields ────────────────────────────────────────────────────────────────────────────────────────────────────────

  holds(where: FieldExpression, span: SlowSpan): boolean {
    if (where.kind === 'unary' && where.operator === '!') return !this.holds(where.of, span);
    if (where.kind !== 'binary')
      return this.value(where, span)?.value === true || this.anyFlag(where, span);
    const { operator, left, right } = where;
    if (operator === '&&') return this.holds(left, span) && this.holds(right, span);
    if (operator === '||') return this.holds(left, span) || this.holds(right, span);
    return placesIn(where, span).some((place) => this.compares(where, span, place));
  }

  anyFlag(where: FieldExpression, span: SlowSpan): boolean {
    return placesIn(where, span).some((place) => this.at(where, span, place)?.value === true);
  }

  compares({ operator, left, right }: Binary, span: SlowSpan, place: Place): boolean {
    if (left.kind === 'nil' && right.kind === 'nil') return false;
    if (left.kind === 'nil' || right.kind === 'nil') {
      const of = left.kind === 'nil' ? right : left;
      const isThere =
        of.kind === 'attribute'
          ? this.sent(of, span, place) !== undefined
          : this.at(of, span, place) !== null;
      return isThere === (operator === '!=');
    }
    for (const [field, constant, flip] of [
      [left, right, false],
      [right, left, true],
    ] as const) {
      if (field.kind !== 'attribute' || constant.kind !== 'static') continue;
      const value = this.sent(field, span, place);
      if (value?.type === 'array') return comparesItems(operator, value.value, constant, flip);
    }
    return compare(operator, this.at(left, span, place), this.at(right, span, place));
  }

  /** Of events and links, the first that gives a value. */
  value(of: FieldExpression, span: SlowSpan): Value | null {
    if (isCondition(of)) return { type: 'boolean', value: this.holds(of, span) };
    for (const place of placesIn(of, span)) {
      const value = this.at(of, span, place);
      if (value !== null) return value;
    }
    return null;
  }

  at(of: FieldExpression, span: SlowSpan, place: Place): Value | null {
    if (of.kind === 'nil') return null;
    if (of.kind === 'static') return of;
    if (of.kind === 'unary') {
      if (of.operator === '!') return { type: 'boolean', value: this.holds(of, span) };
      const value = this.at(of.of, span, place);
      if (!isNumber(value)) return null;
      return { type: value.type, value: -value.value };
    }
    if (of.kind !== 'binary') return this.field(of, span, place);
    if (!'+-*/%^'.includes(of.operator)) return { type: 'boolean', value: this.holds(of, span) };
    return compute(of.operator, this.at(of.left, span, place), this.at(of.right, span, place));
  }

  field(field: Field, span: SlowSpan, place: Place): Value | null {
    if (field.kind === 'intrinsic') return this.intrinsic(field.name, span, place);
    const value = plain(this.sent(field, span, place));
    // The service has a column of its own, '' where it is missing; only presence is asked of the attribute.
    const isService = field.name === 'service.name' && ['any', 'resource'].includes(field.scope);
    return value ?? (isService ? { type: 'string', value: '' } : null);
  }

  /** The attribute as it was sent. */
  sent({ scope, name }: Attribute, span: SlowSpan, place: Place): AnyValue | undefined {
    switch (scope) {
      case 'span':
        return span.attributes[name];
      case 'resource':
        return span.resource[name];
      case 'event':
        return place.event?.attributes[name];
      case 'link':
        return place.link?.attributes[name];
      case 'instrumentation':
        return span.scope.attributes[name];
      case 'any':
        return span.attributes[name] ?? span.resource[name];
    }
  }

  intrinsic(name: string, span: SlowSpan, { event, link }: Place): Value | null {
    const int = (value: number) => ({ type: 'int', value: BigInt(value) });
    const time = (value: bigint) => ({ type: 'duration', value });
    const text = (value: string) => ({ type: 'string', value });
    const root = this.spans.find((one) => one.parentId === '') ?? this.spans[0]!;
    const number = () => this.numbers().get(span) ?? { left: 0, right: 0, parent: 0 };
    switch (name) {
      case 'name':
        return text(span.name);
      case 'statusMessage':
        return text(span.statusMessage);
      case 'kind':
        return { type: 'kind', value: kinds[span.kind]! };
      case 'status':
        return { type: 'status', value: statuses[span.status]! };
      case 'duration':
        return time(span.durationNs);
      case 'rootName':
        return text(root.name);
      case 'rootServiceName':
        return plain(root.resource['service.name']) ?? text('');
      case 'traceDuration': {
        const ends = this.spans.map((one) => one.startNs + one.durationNs);
        ends.sort((a, b) => (a < b ? 1 : -1));
        return time(ends[0]! - this.spans[0]!.startNs);
      }
      case 'event:name':
        return event ? text(event.name) : null;
      case 'event:timeSinceStart':
        return event ? time(event.atNs - span.startNs) : null;
      case 'link:traceID':
        return link ? text(link.traceId) : null;
      case 'link:spanID':
        return link ? text(link.spanId) : null;
      case 'instrumentation:name':
        return text(span.scope.name);
      case 'instrumentation:version':
        return text(span.scope.version);
      case 'span:childCount':
        return int(this.children(span).length);
      case 'nestedSetLeft':
        return int(number().left);
      case 'nestedSetRight':
        return int(number().right);
      case 'nestedSetParent':
        return int(number().parent);
      default:
        throw new Error(`the slow evaluator does not know ${name}`);
    }
  }
}

function notEmpty(sets: Set[]): Set[] {
  return sets.filter((set) => set.spans.length > 0);
}

/** What a comparison or a sum is asked of: each event, each link, each pair of them, or the span alone. */
function placesIn(of: FieldExpression, span: SlowSpan): Place[] {
  const events = looksAt(of, 'event') ? span.events : [undefined];
  const links = looksAt(of, 'link') ? span.links : [undefined];
  return events.flatMap((event) => links.map((link) => ({ event, link })));
}

/** True of comparisons and sums over events or links; a condition within is asked of them by itself. */
function looksAt(of: FieldExpression, part: 'event' | 'link'): boolean {
  if (of.kind === 'attribute') return of.scope === part;
  if (of.kind === 'intrinsic') return of.name.startsWith(`${part}:`);
  if (of.kind === 'unary') return of.operator === '-' && looksAt(of.of, part);
  if (of.kind !== 'binary') return false;
  return [of.left, of.right].some((side) => (isCondition(side) ? false : looksAt(side, part)));
}

/** One item has to pass; of what is denied, all. Arrays of several types, or of nothing, pass nothing. */
function comparesItems(
  operator: string,
  items: readonly AnyValue[],
  constant: Value,
  flip: boolean,
): boolean {
  if (new Set(items.map((item) => item.type)).size !== 1) return false;
  const passes = (item: AnyValue) => {
    const value = plain(item);
    return flip ? compare(operator, constant, value) : compare(operator, value, constant);
  };
  return operator.startsWith('!') ? items.every(passes) : items.some(passes);
}

function isCondition(of: FieldExpression): boolean {
  return of.kind === 'unary'
    ? of.operator === '!'
    : of.kind === 'binary' && !'+-*/%^'.includes(of.operator);
}

/** What a field of one span is, seen from its whole trace. */
export function valueSlowly(of: Field, span: SlowSpan, all: readonly SlowSpan[]): Value | null {
  const spans = inOrder(all.filter((other) => other.traceId === span.traceId));
  return new Trace(spans).value(of, span);
}
